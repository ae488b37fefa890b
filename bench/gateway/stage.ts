// What all cases need: servers that end with their case, the log as anybody reads it, and what the kernel says of a process.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { GatewayProcess, type Settings } from '../../contract/gateway/support/gateway-process.ts'
import { until } from '../../tools/servers/asterisk/process.ts'
import { type Nats, startNats } from '../../tools/servers/nats/nats.ts'

export const HERE = (name: string) => fileURLToPath(new URL(name, import.meta.url))
/** That of this checkout; GATEWAY names another one to compare it with. */
const BIN = process.env.GATEWAY ?? HERE('../../packages/amiable-gateway/bin/amiable-gateway.cjs')
export const GATEWAY = [process.execPath, BIN]
export const LOG = 'AMI-LOG_pbx1'
export const PATIENCE = 240_000
export const ROUNDS = Number(process.env.ROUNDS ?? 3)
export const RING = 'ring: 1GiB, rings: 1GiB'

const closing: (() => unknown)[] = []
export const figures: Record<string, unknown> = {}

export function tell(name: string, value: unknown): void {
  figures[name] = value
  console.log(`${name}: ${JSON.stringify(value)}`)
}

export async function scope<T>(work: () => Promise<T>): Promise<T> {
  const from = closing.length
  try {
    return await work()
  } finally {
    for (const close of closing.splice(from).reverse()) await close()
  }
}

export async function natsOf(nodes: 1 | 3 = 1): Promise<{ nats: Nats; connection: NatsConnection }> {
  const nats = await startNats('2.15', { nodes })
  closing.push(() => nats.close())
  const connection = await connect({ servers: nats.urls, maxReconnectAttempts: -1, reconnectTimeWait: 100 })
  closing.push(() => connection.close())
  return { nats, connection }
}

/** Events out of a process of their own; the wish stands in the user name. */
export async function sourceOf(): Promise<{ port: number; events: number }> {
  const child = fork(HERE('source.ts'), { execArgv: ['--import', 'tsx'] })
  closing.push(() => child.kill())
  return new Promise((resolve) => child.once('message', (message) => resolve(message as never)))
}

export function gatewayOf(
  name: string,
  target: { host: string; port: number; username: string; secret: string },
  nats: Nats,
  more: Settings = {},
) {
  const gateway = new GatewayProcess(name, target, nats, { command: GATEWAY, ...more })
  closing.push(() => gateway.close())
  return gateway
}

export async function ask<T>(connection: NatsConnection, what: string, body: object = {}): Promise<T> {
  return (await connection.request(`$JS.API.${what}`, JSON.stringify(body), { timeout: 10_000 })).json<T>()
}

interface Info {
  readonly state: { readonly last_seq: number; readonly messages: number }
}
export const lastOf = async (connection: NatsConnection) =>
  (await ask<Info>(connection, `STREAM.INFO.${LOG}`)).state.last_seq

export async function messageOf(connection: NatsConnection, seq: number) {
  const { message } = await ask<{ message: { data: string; time: string } }>(connection, `STREAM.MSG.GET.${LOG}`, {
    seq,
  })
  return { body: JSON.parse(Buffer.from(message.data, 'base64').toString()), stored: Date.parse(message.time) }
}

/** How many a second, by the clock of the store, from one message to the last. */
export async function rateOf(connection: NatsConnection, from: number, to: number): Promise<number> {
  const [first, last] = [await messageOf(connection, from), await messageOf(connection, to)]
  return Math.round(((to - from) * 1_000) / (last.stored - first.stored))
}

export async function makeStream(connection: NatsConnection, subject = 'ami.event.pbx1.>'): Promise<void> {
  await ask(connection, `STREAM.CREATE.${LOG}`, {
    name: LOG,
    subjects: [subject],
    storage: 'file',
    num_replicas: 1,
    duplicate_window: 100_000_000,
  })
  // the gateway has one as well
  await ask(connection, 'STREAM.CREATE.AMI', { name: 'AMI', sources: [{ name: LOG }], storage: 'file' })
}

export async function settled(connection: NatsConnection, least: number): Promise<number> {
  let [last, since] = [0, performance.now()]
  await until('the last event', PATIENCE, async () => {
    const now = await lastOf(connection).catch(() => last)
    if (now !== last) since = performance.now()
    last = now
    return last >= least || (last > 0 && performance.now() - since > 5_000)
  })
  return last
}

export const cpuOf = (pid = 0) => {
  const [user, system] =
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? []
  return ((user ?? 0) + (system ?? 0)) / 100
}
export const rssOf = (pid = 0) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024)
export const at = (values: number[], part: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0
export const median = (values: number[]) => at(values, 0.5)

export function commonProgram(
  target: { host: string; port: number; username: string; secret: string },
  nats: Nats,
): ChildProcess {
  const { host, port, username, secret } = target
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', HERE('common.ts'), host, String(port), username, secret, ...nats.urls],
    { stdio: 'ignore' },
  )
  closing.push(() => child.kill('SIGKILL'))
  return child
}

/** Ends something with its case. */
export function ending(close: () => unknown): void {
  closing.push(close)
}
