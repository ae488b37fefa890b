// What a gateway at work publishes, held against the schemas that are shipped, by a validator that shares nothing with
// what made them.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect as connectNats, headers } from '@nats-io/transport-node'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { connect } from 'amiable'
import { startServer } from 'amiable/testing'
import type { z } from 'zod'
import { natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import type { AuditRecord } from '../../src/actions/audit.ts'
import { parseConfig } from '../../src/config/load.ts'
import type { EventMessage, FenceMessage, GapMessage, StatusMessage } from '../../src/log/message.ts'
import { Gateway } from '../../src/run/gateway.ts'
import { metricsOf } from '../../src/run/pages.ts'
import { jsonSchemas } from '../../src/schema/json-schema.ts'
import type { auditSchema, eventSchema, fenceSchema, gapSchema, statusSchema } from '../../src/schema/log.ts'

const skip = (await natsObstacle()) ?? false
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
const SCHEMAS = jsonSchemas()
const validators = Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, ajv.compile(schema)]))

function holds(name: keyof typeof SCHEMAS, payload: unknown): void {
  const validate = validators[name]
  assert.ok(validate?.(payload), `${name}: ${ajv.errorsText(validate?.errors)}: ${JSON.stringify(payload)}`)
}

const DIALPLAN = `[default]
exten => wait,1,Answer()
 same => n,Wait(600)
exten => q,1,Queue(support)
exten => conf,1,ConfBridge(100)
`

test('all that a gateway publishes in a run fits the schemas', { skip }, async (t) => {
  const nats = await startNats('2.15')
  t.after(() => nats.close())
  const asterisk = await startServer({ users: { gateway: 'lean' }, dialplan: DIALPLAN })
  t.after(() => asterisk.close())
  const folder = mkdtempSync(join(tmpdir(), 'amiable-gateway-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'secret'), 'lean\n', { mode: 0o600 })
  const text = `gateway: { name: gw-a }
nats: { servers: [${nats.urls.map((url) => `"${url}"`).join(', ')}] }
asterisks:
  pbx1: { host: 127.0.0.1, port: ${asterisk.port}, username: gateway, secret: { file: ${join(folder, 'secret')} } }
log: { maxBytes: 64MiB, keepBytes: 64MiB }
state: { kinds: [channels, bridges, calls, queues, rooms, parking, devices, hints, presence, endpoints, contacts] }
http: false
`
  const gateway = await Gateway.start(parseConfig(text, 'test', {}), {})
  t.after(() => gateway.stop())
  const connection = await connectNats({ servers: nats.urls })
  t.after(() => connection.close())
  const ami = await connect({ port: asterisk.port, username: 'gateway', secret: 'lean' })
  t.after(() => ami.close())
  const channels = ['wait', 'wait', 'q', 'conf', 'conf'].map((exten) => `Local/${exten}@default/n`)
  for (const Channel of channels) {
    await ami.send('Originate', { Channel, Application: 'Wait', Data: '600', CallerID: 'Ann <100>', Async: true })
  }
  await ami.sendRaw('UserEvent', { UserEvent: 'Order Placed' })
  const ask = async (subject: string, body: object) => {
    holds('request', body)
    const set = headers()
    set.set('Amiable-Caller', 'a test')
    const answer = await connection.request(subject, JSON.stringify(body), { timeout: 5_000, headers: set })
    const reply = answer.json<{ ok: boolean }>()
    holds('reply', reply)
    return reply.ok
  }
  await until(() => gateway.actions?.service.serving.length === 1)
  assert.equal(await ask('ami.action.pbx1.read.CoreShowChannels', {}), true)
  assert.equal(await ask('ami.action.pbx1.read.Ping', { params: { X: ['a', 'b', 1, true] }, actionId: 'one' }), true)
  assert.equal(await ask('ami.action.pbx1.call.Hangup', { params: { Channel: 'none' } }), false)
  const [served] = gateway.servers
  await until(() => (served?.state?.model.bridges.size ?? 0) > 0 && (served?.state?.model.calls.size ?? 0) > 3)
  await until(() => served?.state?.keeper.isWriting === true && served.state.keeper.pending === 0)
  const figures = await metricsOf({ gateway }).registry.metrics()
  assert.match(figures, /^asterisk_channels\{server="pbx1"\} [1-9]/m)
  assert.match(figures, /^amiable_up\{server="pbx1"\} 1$/m)
  assert.match(figures, /^amiable_events_heard_total\{server="pbx1",class="call"\} [1-9]/m)
  assert.match(figures, /^asterisk_uptime_seconds\{server="pbx1"\} \d/m)
  const seen = new Map<string, number>()
  const manager = await jetstreamManager(connection)
  const read = async (stream: string, nameOf: (payload: Record<string, unknown>) => keyof typeof SCHEMAS) => {
    const { state } = await manager.streams.info(stream)
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage(stream, { seq })
      if (!message || message.data.length === 0) continue
      const payload = message.json<Record<string, unknown>>()
      const name = nameOf(payload)
      const kind = name === 'state' || name === 'status' ? `${name} ${payload.kind ?? payload.status}` : name
      seen.set(kind, (seen.get(kind) ?? 0) + 1)
      holds(name, payload)
    }
  }
  await until(async () => {
    await read('AMI-LOG_pbx1', ({ event, status }) => (event === undefined ? (status as 'gap' | 'fence') : 'event'))
    await read('AMI-STATUS', () => 'status')
    return seen.has('event') && seen.has('status up')
  })
  await until(async () => (await manager.streams.info('AMI-AUDIT')).state.messages >= 3)
  await read('AMI-AUDIT', () => 'audit')
  const kinds = ['link', 'writer', 'channel', 'bridge', 'call', 'room', 'device'].map((kind) => `state ${kind}`)
  // a record is under way for a moment before it is stored
  await until(async () => {
    await read('KV_AMI_STATE', () => 'state')
    return kinds.every((kind) => seen.has(kind))
  })
  const all = ['event', 'gap', 'fence', 'audit', 'status writer', 'status up', ...kinds]
  for (const kind of all) assert.ok((seen.get(kind) ?? 0) > 0, `there is no ${kind} in ${[...seen.keys()]}`)
})

test('what is no payload of ours does not fit', () => {
  const event = { v: 1, id: 'a', server: 'pbx1', log: 'a', seq: 1, term: 1, run: 'r', at: '2026-11-26T10:00:00.000Z' }
  const right = { ...event, event: 'Hangup', hash: 'x', data: { Channel: 'a', ChanVariable: ['b'] } }
  holds('event', right)
  // a field more is a newer gateway's
  holds('event', { ...right, more: true })
  for (const wrong of [{ ...right, v: 2 }, { ...right, seq: '1' }, { ...right, data: { a: 1 } }, event, null, []]) {
    assert.equal(validators.event?.(wrong), false, JSON.stringify(wrong))
  }
  assert.equal(validators.request?.({ parameters: {} }), false, 'a word that no request has')
  assert.equal(validators.state?.({ ...event, kind: 'channel', key: 'a', n: 1, value: { id: 'a' } }), false)
})

/** Two types that are the same, for a reader at least. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never
type Loose<T> = T extends readonly (infer E)[]
  ? Loose<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Loose<Exclude<T[K], undefined>> }
    : T

test('the schemas and the types that the code uses are the same', () => {
  const same: true[] = [
    true satisfies Same<Loose<Required<EventMessage>>, Loose<Required<z.infer<typeof eventSchema>>>>,
    true satisfies Same<Loose<Required<GapMessage>>, Loose<Required<z.infer<typeof gapSchema>>>>,
    true satisfies Same<Loose<Required<FenceMessage>>, Loose<Required<z.infer<typeof fenceSchema>>>>,
    true satisfies Same<Loose<Required<StatusMessage>>, Loose<Required<z.infer<typeof statusSchema>>>>,
    true satisfies Same<Loose<Required<AuditRecord>>, Loose<Required<z.infer<typeof auditSchema>>>>,
  ]
  assert.equal(same.length, 5)
})

async function until(test: () => boolean | undefined | Promise<boolean>): Promise<void> {
  const end = performance.now() + 90_000
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`it never came to it: ${test}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
