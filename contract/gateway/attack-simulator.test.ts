// A gateway's requests over real NATS, as somebody asks who does not mean well. What is sent to Asterisk is counted there.
import assert from 'node:assert/strict'
import { createConnection } from 'node:net'
import { test } from 'node:test'
import { connect, headers, type NatsConnection } from '@nats-io/transport-node'
import { startServer } from 'amiable/testing'
import { until } from '../../tools/servers/asterisk/process.ts'
import { NATS_VERSIONS } from '../../tools/servers/nats/binary.ts'
import { natsObstacle, startNats } from '../../tools/servers/nats/nats.ts'
import { GatewayProcess } from './support/gateway-process.ts'

const skip = (await natsObstacle()) ?? false
const TIMEOUT = 30_000
const KIB = 1_024

interface Answer {
  readonly ok: boolean
  readonly delivered: string
  readonly error?: { readonly code: string }
}

async function ask(connection: NatsConnection, subject: string, body: string, given: Record<string, string> = {}) {
  const set = headers()
  for (const [name, value] of Object.entries(given)) set.set(name, value)
  const answer = await connection.request(subject, body, { timeout: 5_000, headers: set })
  const { ok, delivered, error } = answer.json<Answer>()
  return `${ok ? 'ok' : error?.code} ${delivered}`
}

/** Asks with these bytes as headers, and waits until the nats-server has them. */
async function sendRaw(url: string, headers: string): Promise<void> {
  const socket = createConnection(Number(new URL(url).port), '127.0.0.1')
  const size = Buffer.byteLength(headers)
  socket.write('CONNECT {"verbose":false,"headers":true,"lang":"raw","version":"1"}\r\n')
  socket.write(`HPUB ami.action.pbx1.read.Ping _INBOX.raw.1 ${size} ${size + 2}\r\n${headers}{}\r\nPING\r\n`)
  let said = ''
  for await (const part of socket) {
    said += part
    if (said.includes('PONG')) break
  }
}

for (const version of NATS_VERSIONS) {
  test(`whatever is asked over nats-server ${version}, each request gets its code and the gateway goes on`, {
    skip,
  }, async (t) => {
    // a server may take much smaller messages than it does by itself
    const nats = await startNats(version, { configuration: 'max_payload: 256KB' })
    t.after(() => nats.close())
    const asterisk = await startServer({ users: { gateway: 'lean' } })
    t.after(() => asterisk.close())
    const target = { host: '127.0.0.1', port: asterisk.port, username: 'gateway', secret: 'lean' }
    const gateway = new GatewayProcess('gw-a', target, nats, { actions: 'classes: [read, message], perCaller: 100' })
    t.after(() => gateway.close())
    await gateway.start()
    const caller = await connect({ servers: nats.urls })
    t.after(() => caller.close())
    const read = (action: string, body = '{}', given: Record<string, string> = {}) =>
      ask(caller, `ami.action.pbx1.read.${action}`, body, given)
    await until('a gateway that acts', TIMEOUT, async () => (await read('Ping').catch(() => '')) === 'ok yes')

    // lists, answers and refusals that no message of this server can hold
    const long = 'x'.repeat(30 * KIB)
    asterisk.handle('DeviceStateList', (_action, reply) => {
      const rows = Array.from(
        { length: 12 },
        (_, n) => ['DeviceStateChange', { Device: `Local/${n}`, State: long }] as const,
      )
      reply.list({ rows, complete: 'DeviceStateListComplete' })
      return undefined
    })
    assert.equal(await read('DeviceStateList'), 'GW_TOO_LARGE yes')
    const pieces: string[] = []
    for await (const piece of await caller.requestMany('ami.action.pbx1.read.DeviceStateList', '{}', {
      strategy: 'sentinel',
      maxWait: 10_000,
      headers: (() => {
        const set = headers()
        set.set('Amiable-Rows', '1000')
        return set
      })(),
    })) {
      if (piece.reply) piece.respond()
      if (piece.data.length > 0) pieces.push(piece.string())
    }
    const rows = pieces.flatMap((text) => (JSON.parse(text) as { rows?: unknown[] | number }).rows ?? [])
    assert.equal(rows.filter((row) => typeof row === 'object').length, 12)

    // a request of a megabyte is refused by NATS itself, and a smaller one that is too large by the gateway
    assert.throws(() => caller.publish('ami.action.pbx1.read.Ping', 'x'.repeat(KIB * KIB)))
    assert.equal(await read('Ping', JSON.stringify({ params: { A: 'x'.repeat(70 * KIB) } })), 'GW_TOO_LARGE no')
    assert.equal(await read('Ping', '['.repeat(60 * KIB)), 'AMI_ARGUMENT no')
    assert.equal(await read('Ping', `${'{"params":'.repeat(5_000)}1${'}'.repeat(5_000)}`), 'AMI_ARGUMENT no')
    assert.equal(await read('Ping', '{}', { 'Amiable-Timeout': '1e3' }), 'AMI_ARGUMENT no')
    // the clock of a caller that is an hour behind, and one that is more than an hour ahead
    assert.equal(await read('Ping', '{}', { 'Amiable-Expires': String(Date.now() - 3_600_000) }), 'GW_EXPIRED no')
    assert.equal(await read('Ping', '{}', { 'Amiable-Expires': String(Date.now() + 3_700_000) }), 'AMI_ARGUMENT no')
    assert.equal(await read('Command', '{"params":{"Command":"core stop now"}}'), 'GW_DENIED no')
    assert.equal(await read('NoSuchAction'), 'GW_DENIED no')
    assert.equal(await ask(caller, 'ami.action.pbx1.never.Logoff', '{}'), 'GW_DENIED no')
    const sent = asterisk.calls.map(({ name }) => name)
    for (const name of ['Command', 'NoSuchAction', 'Logoff']) assert.ok(!sent.includes(name), `${name} was sent`)

    // what stands in headers is the caller's as well: a nats-server passes on what no client of NATS writes
    for (const evil of ['a b: x', ': x', 'é: x', 'nocolon', 'A: \rB', 'Amiable-Key: a\r\nAmiable-Key: b']) {
      await sendRaw(nats.urls[0] ?? '', `NATS/1.0\r\n${evil}\r\n\r\n`)
    }
    const many = Array.from({ length: 20_000 }, (_, n) => `h${n}: x`).join('\r\n')
    for (let n = 0; n < 5; n++) await sendRaw(nats.urls[0] ?? '', `NATS/1.0\r\n${many}\r\n\r\n`)
    assert.equal(await read('Ping'), 'ok yes')
    assert.equal(await read('Ping', '{}', { Long: 'x'.repeat(9 * KIB) }), 'GW_TOO_LARGE no')

    // a flood costs the flooder its answers, and the operator no flood of lines
    const before = gateway.lines.length
    const flood = await Promise.all(Array.from({ length: 2_000 }, () => read('Ping').catch(() => 'none')))
    assert.ok(flood.filter((one) => one === 'AMI_LIMIT no').length > 1_000)
    assert.ok(gateway.lines.length - before < 20, `${gateway.lines.length - before} lines`)
    await until('room again', TIMEOUT, async () => (await read('Ping').catch(() => '')) === 'ok yes')
  })
}
