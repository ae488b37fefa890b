// What `check --connect` takes for the lists of the live state is what the live state asks for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from 'amiable'
import { watch } from 'amiable/state'
import { startServer } from 'amiable/testing'
import { listsOf } from '../../src/run/account-rights.ts'
import { STATE_KINDS, type StateKind } from '../../src/schema/state.ts'

// every client asks the first two, one of them a second after its login, and every state the last, for a bridge that no
// server has: any account may
const ALWAYS = ['Ping', 'ListCommands', 'BridgeList']

test('each list that a kind asks for is known, and none besides', async () => {
  await using server = await startServer({ users: { gateway: 'lean' } })
  const target = { port: server.port, username: 'gateway', secret: 'lean' }
  for (const kind of Object.keys(STATE_KINDS) as StateKind[]) {
    await using ami = await connect({ ...target, events: 'on' })
    const before = server.calls.length
    await using state = watch(ami, { kinds: [kind], audit: false })
    await state.ready()
    const names = new Set(server.calls.slice(before).map((call) => call.get('Action') ?? ''))
    const known = listsOf(kind)
    for (const name of names) {
      const isKnown = ALWAYS.includes(name) || known.some((all) => all.includes(name))
      assert.ok(isKnown, `${kind} asks for ${name}`)
    }
    // what each record is asked for, such as BridgeInfo, is asked where there is one
    assert.ok(names.has(known[0]?.[0] ?? ''), `${kind} asks for ${[...names].join()}`)
  }
})
