// Actions are asked for under keys, again and again, while gateways are killed. A dialplan counts what was carried out.
import assert from 'node:assert/strict'
import { connect, headers, type NatsConnection } from '@nats-io/transport-node'
import { connect as connectAmi } from 'amiable'
import { until } from '../../tools/servers/asterisk/process.ts'
import type { NatsVersion } from '../../tools/servers/nats/binary.ts'
import { startNats } from '../../tools/servers/nats/nats.ts'
import type { Target } from '../targets.ts'
import { RULES } from './faults.ts'
import { GatewayProcess } from './support/gateway-process.ts'

const CALLS = 24
const TIMEOUT = 60_000

interface Reply {
  readonly ok: boolean
  readonly delivered: string
  readonly replayed?: boolean
  readonly channelId?: string
  readonly response?: Readonly<Record<string, unknown>>
  readonly error?: { readonly code: string; readonly delivered: string; readonly retryable: boolean }
}

/** Asks for one action and returns what was answered; what nobody took or answered in the time is no answer. */
export async function ask(
  connection: NatsConnection,
  subject: string,
  body: object,
  given: Readonly<Record<string, string>> = {},
  timeout = 3_000,
): Promise<Reply | undefined> {
  const set = headers()
  for (const [name, value] of Object.entries(given)) set.set(name, value)
  const answer = await connection
    .request(subject, JSON.stringify(body), { timeout, headers: set })
    .catch(() => undefined)
  return answer?.json<Reply>()
}

/** Starts gateways that may dial, and ends them with the test. */
export async function actingGateways(
  target: Target,
  version: NatsVersion,
  ending: (close: () => Promise<void>) => void,
): Promise<{ gateways: GatewayProcess[]; connection: NatsConnection }> {
  const nats = await startNats(version)
  ending(() => nats.close())
  const gateways = ['gw-a', 'gw-b'].map((name) => new GatewayProcess(name, target, nats, { actions: RULES }))
  for (const gateway of gateways) ending(() => gateway.close())
  await Promise.all(gateways.map((gateway) => gateway.start()))
  const connection = await connect({ servers: nats.urls })
  ending(() => connection.close())
  await until('a gateway that acts', TIMEOUT, async () => {
    const found = new Set<string>()
    const answers = await connection.requestMany('$SRV.INFO.amiable-gateway', '', { maxWait: 200, strategy: 'timer' })
    for await (const answer of answers) {
      if (answer.data.length === 0) continue
      const { endpoints, metadata } = answer.json<{ endpoints: unknown[]; metadata: { gateway: string } }>()
      if (endpoints.length > 0) found.add(metadata.gateway)
    }
    return found.size === gateways.length
  })
  return { gateways, connection }
}

/** Dials under keys while one gateway is killed; no call may be made twice, whatever its caller was told. */
export async function noneTwice(
  target: Target,
  version: NatsVersion,
  ending: (close: () => Promise<void>) => void,
): Promise<{ readonly answered: number; readonly unknown: number }> {
  const { gateways, connection } = await actingGateways(target, version, ending)
  const { host, port, username, secret } = target
  const counter = await connectAmi({ host, port, username, secret, events: ['user'] })
  ending(() => counter.close({ timeout: 0 }))
  const counts = new Map<string, number>()
  counter.on('UserEvent', (event) => {
    const id = event.get('Uniqueid') ?? ''
    if (event.get('UserEvent') === 'Lab') counts.set(id, (counts.get(id) ?? 0) + 1)
  })
  const params = { Channel: 'Local/answered@default/n', Context: 'default', Exten: 'userevent', Priority: 1 }
  const expires = String(Date.now() + TIMEOUT)
  const dial = (key: number) => {
    const given = { 'Amiable-Key': `key-${key}`, 'Amiable-Expires': expires, 'Amiable-Timeout': '2000' }
    return ask(connection, 'ami.action.pbx1.call.Originate', { params }, given)
  }
  const [victim] = gateways
  const asked: Promise<(Reply | undefined)[]>[] = []
  for (let key = 0; key < CALLS; key++) {
    // three at once, as of callers that are in a hurry
    asked.push(Promise.all([dial(key), dial(key), dial(key)]))
    if (key === CALLS / 2) void victim?.kill()
    if (key % 4 === 3) await asked.at(-1)
  }
  const first = await Promise.all(asked)
  // whoever did not get an answer asks again, until there is an end
  let answered = 0
  let unknown = 0
  for (const [key, replies] of first.entries()) {
    const done = replies.find((reply) => reply?.ok)
    const last = done ?? (await ended(key, dial))
    if (last.ok) answered++
    else unknown++
    const { channelId = '' } = last
    if (last.ok) await until(`the call of key ${key}`, TIMEOUT, () => (counts.get(channelId) ?? 0) > 0)
  }
  const again = await Promise.all(first.map((_replies, key) => dial(key)))
  for (const reply of again)
    assert.ok(reply?.replayed === true || reply?.delivered === 'unknown', JSON.stringify(reply))
  // what was asked for last has come: so has whatever was asked for before
  await counter.sendRaw('UserEvent', { UserEvent: 'Lab', Uniqueid: 'the end' })
  await until('the end', TIMEOUT, () => counts.has('the end'))
  counts.delete('the end')
  assert.deepEqual(
    [...counts].filter(([, count]) => count !== 1),
    [],
  )
  assert.ok(counts.size >= answered && counts.size <= CALLS, `${counts.size} calls, ${answered} answered`)
  return { answered, unknown }
}

async function ended(key: number, dial: (key: number) => Promise<Reply | undefined>): Promise<Reply> {
  let last: Reply | undefined
  await until(`an end of key ${key}`, TIMEOUT, async () => {
    last = await dial(key)
    return last !== undefined && (last.ok || last.error?.retryable === false)
  })
  return last as Reply
}
