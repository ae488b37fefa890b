import assert from 'node:assert/strict'
import { channel } from 'node:diagnostics_channel'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { AmiError, type Client, type ClientOptions, connect, createClient, type DiagnosticsEvents } from 'amiable'
import { startServer } from 'amiable/testing'

const SECRET = 'Zanzibar-42'
const VALUE = 'Timbuktu-17'
const CHANNELS = [
  'ami:connect',
  'ami:login',
  'ami:send',
  'ami:reply',
  'ami:event',
  'ami:drop',
  'ami:lost',
  'ami:reconnect',
] as const satisfies readonly (keyof DiagnosticsEvents)[]

/** All that somebody might print of a value. */
function printed(value: unknown): string {
  const texts = [inspect(value, { depth: 20 }), String(value)]
  try {
    texts.push(JSON.stringify(value) ?? '')
  } catch {
    // what has no JSON leaks nothing by it
  }
  if (value instanceof Error) {
    texts.push(value.stack ?? '', JSON.stringify({ ...value }))
    if (value.cause !== undefined) texts.push(printed(value.cause))
  }
  return texts.join('\n')
}

describe('what errors, prints and diagnostics tell', () => {
  for (const auth of ['md5', 'plain'] as const) {
    test(`never holds the secret, the challenge, its key or a variable's value (${auth})`, async () => {
      await using server = await startServer({ users: { frank: SECRET } })
      const { host, port, faults } = server
      const told: string[] = []
      const listeners = CHANNELS.map((name) => {
        const listener = (payload: unknown) => void told.push(`${name} ${printed(payload)}`)
        channel(name).subscribe(listener)
        return () => channel(name).unsubscribe(listener)
      })
      const codes = new Set<string>()
      const fails = async (call: () => Promise<unknown>) => {
        const error = await Promise.resolve()
          .then(call)
          .then(
            () => assert.fail('nothing failed'),
            (reason) => reason,
          )
        assert.ok(AmiError.is(error), String(error))
        codes.add(error.code)
        told.push(printed(error))
      }
      const make = (options: Partial<ClientOptions> = {}) =>
        createClient({
          host,
          port,
          username: 'frank',
          secret: SECRET,
          auth,
          reconnect: { initialDelay: 5 },
          limits: { line: 65_536 },
          ...options,
        })
      const variables = { variables: { V: VALUE } }
      const originate = (client: Client, options = {}) =>
        client.sendRaw('Originate', { Channel: 'Local/1@default' }, { ...variables, ...options })

      // each failure of a login
      await fails(() => make({ secret: `${SECRET}-wrong`, reconnect: false }).connect())
      for (const [fault, loginTimeout] of [
        [() => faults.silent({ times: 1 }), 100],
        [() => faults.banner(`${'x'.repeat(70)}\r\n`, { times: 1 })],
        [() => faults.refuseConnection({ times: 1 })],
        [() => faults.delayLogin(1_000, { times: 1 }), 100],
        [() => faults.refuseLogin(undefined, { times: 1 })],
      ] as const) {
        fault()
        await fails(() => make({ reconnect: false, loginTimeout }).connect())
      }
      await fails(() => make({ secret: () => `${SECRET}\r\n`, reconnect: false }).connect())
      await fails(async () => make({ secret: `${SECRET}\0` }))

      // each failure of a call
      await using ami = make({ limits: { line: 50_000 } })
      const loop = ami.events('*', { capacity: 1 })
      await ami.connect()
      told.push(printed(ami), printed(ami.stats()))
      await fails(() => originate(ami, { variables: { V: `${VALUE}\r\n` } }))
      await fails(() => originate(ami, { variables: { V: VALUE.repeat(200) } }))
      await fails(() => originate(ami, { variables: { 'V=': VALUE } }))
      await fails(() => ami.sendRaw('Setvar', { Variable: 'V', Value: `${VALUE}\n` }))
      server.handle(
        'Originate',
        (action) => ({ Response: 'Error', Message: 'refused', Echo: action.get('Variable') }),
        { times: 1 },
      )
      await fails(() => originate(ami))
      server.handle('Rows', (_, reply) => {
        reply.start('rows')
        reply.row('Row', { ChanVariable: `V=${VALUE}` })
        return undefined
      })
      await fails(() => ami.sendRaw('Rows', {}, { timeout: 50 }))
      server.handle('Getvar', () => ({ Variable: 'V', Value: VALUE, Filling: 'x'.repeat(70_000) }), { times: 1 })
      await fails(() => ami.sendRaw('Getvar', { Variable: 'V' }))
      // a value with a line break in it forges a message of what follows
      server.send(`Event: VarSet\r\nValue: a\r\n\r\n${VALUE}\r\n\r\n`)
      for (let n = 0; n < 5; n++) server.emit('VarSet', { Variable: 'V', Value: VALUE })
      await ami.send('Ping')
      await loop.next()
      await fails(() => loop.next())
      faults.drop({ action: 'Originate' })
      const lost = fails(() => originate(ami))
      await server.waitFor('Originate', (action) => action.outcome === 'executed')
      server.disconnect({ reset: true })
      await lost
      await fails(() => originate(ami, { queue: false }))
      await ami.connect()
      await ami.close()
      await fails(() => originate(ami))
      for (const stop of listeners) stop()

      const all = [
        'AMI_CONNECT',
        'AMI_AUTH',
        'AMI_LOST',
        'AMI_TIMEOUT',
        'AMI_REFUSED',
        'AMI_LIMIT',
        'AMI_OVERFLOW',
        'AMI_CLOSED',
        'AMI_ARGUMENT',
      ]
      assert.deepEqual([...codes].sort(), all.sort())
      const keys = server.calls.flatMap((action) => action.getAll('Key'))
      assert.equal(keys.length > 0, auth === 'md5')
      for (const hidden of [SECRET, VALUE, ...keys]) {
        const leaks = told.filter((text) => text.includes(hidden))
        assert.deepEqual(
          leaks.map((text) => text.slice(0, 500)),
          [],
          `${hidden} is told`,
        )
      }
    })
  }

  test('forged replies are dropped and counted, and nobody takes them for an answer', async () => {
    await using server = await startServer()
    const { host, port, faults } = server
    await using ami = await connect({ host, port, username: 'frank', secret: 'lean' })
    faults.stall()
    const call = ami.send('Ping')
    faults.clear()
    for (const id of ['x', 'login', 'challenge', '1', `${'9'.repeat(60)}`]) {
      server.send(`Response: Success\r\nActionID: ${id}\r\nPing: Forged\r\n\r\n`)
    }
    assert.equal((await call).Ping, 'Pong')
    await ami.send('Ping')
    assert.equal(ami.stats().unclaimedReplies, 5)
    assert.equal(ami.stats().lateReplies, 0)
  })
})
