import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { RawClient } from '../../../../tools/testbed/raw-client.ts'
import { connect } from '../../src/index.ts'
import { record, replay, startProxy, startServer } from '../../src/testing/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'amiable-replay-'))
after(() => rmSync(directory, { recursive: true }))

const account = { host: '127.0.0.1', username: 'frank', secret: 'lean' }
const calls = { Channel: 'Local/busy@default/n', Application: 'Wait', Data: 5 } as const

/** A recording of what a server said while a client did something there. */
async function recorded(name: string, act: (port: number) => Promise<void>): Promise<string> {
  const file = join(directory, name)
  await using server = await startServer()
  await using proxy = await startProxy({ target: { port: server.port } })
  await using _ = record(proxy, file)
  await act(proxy.port)
  return file
}

test('originate() learns from a recording what became of its call', async () => {
  const outcomes: string[] = []
  const file = await recorded('originate.jsonl', async (port) => {
    await using ami = await connect({ ...account, port })
    for (const extension of ['busy', 'quick']) {
      const { outcome } = await ami.originate({ ...calls, Channel: `Local/${extension}@default/n` })
      outcomes.push(outcome)
    }
  })
  assert.deepEqual(outcomes, ['busy', 'answered'])
  await using served = await replay(file, { begin: 'manual' })
  await using ami = await connect({ ...account, port: served.port })
  const again = ['busy', 'quick'].map((extension) =>
    ami.originate({ ...calls, Channel: `Local/${extension}@default/n` }),
  )
  await served.server.waitFor('Originate', { Channel: /quick/ })
  served.start()
  const results = await Promise.all(again)
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    outcomes,
  )
  // the calls were not made: nothing but the recording told of them
  assert.deepEqual(served.server.channels.list(), [])
  for (const { event, actionId } of results) assert.equal(event?.actionId, actionId)
  await served.done
})

test('what came before its action was asked again keeps the recorded id, and who gives none gets none', async () => {
  const file = await recorded('ids.jsonl', async (port) => {
    using client = await RawClient.login(port, 'user')
    for (const [ActionID, Header] of [
      ['old-1', 'first'],
      ['old-2', 'second'],
    ] as const) {
      client.action({ Action: 'UserEvent', ActionID, UserEvent: 'Own', Header })
      await client.until(new RegExp(`Header: ${Header}\r\n`))
    }
  })
  await using served = await replay(file, { begin: 'manual' })
  using client = await RawClient.login(served.port, 'user')
  client.action({ Action: 'UserEvent', UserEvent: 'Own', Header: 'second' })
  await client.until(/^Response: Success\r\nMessage: Event Sent\r\n\r\n/m)
  served.start()
  const events = await client.until(/Header: second\r\n\r\n/)
  assert.match(events, /ActionID: old-1\r\nHeader: first/)
  assert.match(events, /UserEvent: Own\r\nHeader: second/)
  assert.doesNotMatch(events, /old-2/)
})

test('two programs that were recorded with the same id keep their own', async () => {
  const ask = (Header: string) => ({ Action: 'UserEvent', ActionID: '1', UserEvent: 'Own', Header })
  const file = await recorded('same-id.jsonl', async (port) => {
    using one = await RawClient.login(port, 'user')
    using two = await RawClient.login(port, 'off')
    one.action(ask('first'))
    await one.until(/Header: first\r\n/)
    await two.ask({ Action: 'CoreStatus', ActionID: '1' })
  })
  await using served = await replay(file, { begin: 'manual' })
  using client = await RawClient.login(served.port, 'user')
  await client.ask({ ...ask('first'), ActionID: 'mine' })
  await client.ask({ Action: 'CoreStatus', ActionID: 'other' })
  served.start()
  const told = await client.until(/Header: first\r\n\r\n/)
  assert.match(told, /ActionID: mine\r\nHeader: first/)
})

test('the rows of Status, which name their class, are rows and not told to everybody', async () => {
  const file = await recorded('status.jsonl', async (port) => {
    await using ami = await connect({ ...account, port })
    const { Uniqueid } = await ami.originate({ ...calls, Channel: 'Local/wait@default/n' })
    assert.notEqual((await ami.list('Status').toArray()).length, 0, Uniqueid)
  })
  await using served = await replay(file, { begin: 'manual' })
  await using ami = await connect({ ...account, port: served.port })
  const heard: string[] = []
  ami.on('Status', ({ Channel }) => heard.push(Channel))
  const rows = await ami.list('Status').toArray()
  served.start()
  await served.done
  await ami.send('Ping')
  assert.ok(rows.length > 0 && rows.every(({ Privilege }) => Privilege === 'Call'))
  assert.deepEqual(heard, [])
})
