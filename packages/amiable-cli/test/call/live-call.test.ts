import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from 'amiable'
import { type StateSource, watch } from 'amiable/state'
import { startServer } from 'amiable/testing'
import { Ladder, type Step } from '../../src/call/ladder.ts'
import { callsOf, followLive } from '../../src/call/live-call.ts'

test('a call whose last Hangup the picture has still to read, when it is followed, is over', async () => {
  await using server = await startServer({ users: { frank: 'lean' } })
  await using client = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  // a picture that is behind, as while it writes a long list
  const behind: (() => void)[] = []
  let isBehind = false
  const own = client as unknown as StateSource
  const source: StateSource = {
    name: client.name,
    state: 'ready',
    on: (names, handler, options) =>
      own.on(names, (event) => (isBehind ? behind.push(() => handler(event)) : handler(event)), options),
    listRaw: (...all) => own.listRaw(...all),
    sendRaw: (action) => own.sendRaw(action),
    status: (options) => own.status(options),
  }
  await using state = watch(source, { kinds: ['calls'], audit: false })
  await state.ready()
  await client.originate({ Channel: 'Local/wait@default', Application: 'Wait', Data: '60' })
  const [call] = callsOf(state)
  assert.ok(call !== undefined && call.channels.length > 0)
  isBehind = true
  const ended = new Promise<void>((resolve) => {
    let left = server.channels.list().length
    client.on('Hangup', () => --left === 0 && resolve())
  })
  for (const { name } of server.channels.list()) server.channels.hangup(name)
  await ended
  const steps: Step[] = []
  await new Promise<void>((over) => {
    followLive(client, state, call, new Ladder(), { step: (step) => void steps.push(step), gap: assert.fail, over })
    isBehind = false
    for (const read of behind.splice(0)) read()
  })
  assert.equal(steps.at(-1)?.text, 'gone while events were missing: how it ended is not known')
  assert.equal(steps.at(-1)?.ends, true)
})
