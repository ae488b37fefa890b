// The streams that gateways need: made, brought up to date, or only checked.
import { setTimeout as delay } from 'node:timers/promises'
import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream'
import type { Names } from './names.ts'
import type { Bus } from './nats.ts'

export interface StreamsOptions {
  readonly names: Names
  readonly servers: readonly string[]
  /** How many nodes keep each stream. */
  readonly replicas: number
  /** How long a log is kept, in milliseconds, and how large it may be. */
  readonly maxAge: number
  readonly maxBytes: number
  /** The same for the stream of all logs. */
  readonly keepAge: number
  readonly keepBytes: number
  /** Whether streams are made and changed; otherwise they are only checked. */
  readonly manage: boolean
}

/** What was done, or should be done, to a stream. */
export interface StreamChange {
  readonly stream: string
  readonly change: 'make' | 'update'
  /** The settings that differ. */
  readonly settings: readonly string[]
}

type Wanted = Partial<StreamConfig> & { readonly name: string }

const NANOSECONDS = 1_000_000
const NOT_FOUND = 10_059
// nats-server: errors.json. JSClusterNoPeersErrF, JSMemoryResourcesExceededErr, JSStorageResourcesExceededErr
const WANTING = [10_005, 10_028, 10_047]
// JSNotEnabledForAccountErr, JSNotEnabledErr
const DISABLED = [10_039, 10_076]
const AGAIN = 1_000
const STATUS_AGE = 86_400_000
const AUDIT_AGE = 90 * 86_400_000
const AUDIT_BYTES = 1_073_741_824
const KEY_AGE = 3_600_000
const KEY_BYTES = 256 * 1_048_576
const STATE_BYTES = 512 * 1_048_576
const STATUS_BYTES = 64 * 1_048_576
// the least that JetStream takes: there are no message ids to remember
const DUPLICATE_WINDOW = 100

/** How to wait for a cluster that begins. */
export interface Patience {
  /** Learns why there are no streams yet, each reason once in a row. */
  readonly onWait?: (why: string) => void
  /** Ends the waiting. */
  readonly signal?: AbortSignal
}

/**
 * Makes the streams what they should be, or says what differs; returns what was done or would be. It waits for a cluster
 * that has too few nodes now, and for a store without room.
 */
export async function ensureStreams(
  bus: Bus,
  options: StreamsOptions,
  patience: Patience = {},
): Promise<StreamChange[]> {
  const { onWait, signal } = patience
  const manager = await jetstreamManager(bus.connection, { checkAPI: false })
  const changes: StreamChange[] = []
  let said = ''
  for (const wanted of wantedStreams(options)) {
    for (;;) {
      signal?.throwIfAborted()
      try {
        const change = await ensure(manager, wanted, options.manage)
        if (change) changes.push(change)
        break
      } catch (error) {
        if (!mayPass(error)) throw error
        const why = `the stream ${wanted.name} is not there yet: ${(error as Error).message}`
        if (why !== said) onWait?.(why)
        said = why
      }
      await delay(AGAIN, undefined, { ...(signal && { signal }) }).catch(() => {})
    }
  }
  return changes
}

/**
 * Says which streams are not as wanted, and makes what is missing where that is this gateway's matter: a stream, or a
 * log among the sources of all. It changes nothing else, since somebody may have changed a limit who has a reason.
 */
export async function repairStreams(
  bus: Bus,
  options: StreamsOptions,
  repaired: (change: StreamChange) => void,
): Promise<StreamChange[]> {
  const manager = await jetstreamManager(bus.connection, { checkAPI: false })
  const changes: StreamChange[] = []
  for (const wanted of wantedStreams(options)) {
    const change = await ensure(manager, wanted, false)
    if (change === undefined) continue
    const isMissing = change.change === 'make' || change.settings.includes('sources')
    if (isMissing && options.manage) repaired((await ensure(manager, wanted, true)) ?? change)
    else changes.push(change)
  }
  return changes
}

/** Whether JetStream may answer otherwise later: it is about to choose a leader, or lacks a node or room. */
function mayPass(error: unknown): boolean {
  if (error instanceof Error && error.name === 'TimeoutError') return true
  if (!(error instanceof JetStreamApiError)) return false
  const { code, err_code } = error.apiError()
  return WANTING.includes(err_code) || (code === 503 && !DISABLED.includes(err_code))
}

function wantedStreams(options: StreamsOptions): Wanted[] {
  const { names, servers, replicas } = options
  const common = {
    num_replicas: replicas,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    allow_direct: true,
    deny_delete: true,
    deny_purge: true,
    duplicate_window: DUPLICATE_WINDOW * NANOSECONDS,
    sealed: false,
    no_ack: false,
  }
  // a message that is too large, or that pushes another out of the middle, would end the writing or leave a hole
  const whole = { max_msg_size: -1, max_msgs_per_subject: -1 }
  const logs = servers.map((server) => ({
    ...common,
    ...whole,
    name: names.logStream(server),
    subjects: names.logSubjects(server),
    max_age: options.maxAge * NANOSECONDS,
    max_bytes: options.maxBytes,
  }))
  const status = {
    ...common,
    ...whole,
    name: names.status,
    subjects: [...names.statusSubjects],
    max_age: STATUS_AGE * NANOSECONDS,
    max_bytes: STATUS_BYTES,
  }
  const all = {
    ...common,
    ...whole,
    name: names.all,
    sources: logs.map(({ name }) => ({ name })),
    max_age: options.keepAge * NANOSECONDS,
    max_bytes: options.keepBytes,
  }
  const audit = {
    ...common,
    ...whole,
    name: names.audit,
    subjects: [...names.auditSubjects],
    max_age: AUDIT_AGE * NANOSECONDS,
    max_bytes: AUDIT_BYTES,
  }
  // a bucket as the client for buckets expects it; past its size it takes no key, and forgets none
  const keys = {
    ...common,
    name: `KV_${names.keys}`,
    subjects: [`$KV.${names.keys}.>`],
    discard: DiscardPolicy.New,
    deny_purge: false,
    allow_rollup_hdrs: true,
    max_msgs_per_subject: 1,
    max_age: KEY_AGE * NANOSECONDS,
    max_bytes: KEY_BYTES,
  }
  // nothing in it ends by itself: who writes deletes what is gone
  const state = {
    ...common,
    name: `KV_${names.state}`,
    subjects: [`$KV.${names.state}.>`],
    discard: DiscardPolicy.New,
    deny_purge: false,
    allow_rollup_hdrs: true,
    max_msgs_per_subject: 1,
    max_bytes: STATE_BYTES,
  }
  return [...logs, status, all, audit, keys, state]
}

async function ensure(manager: JetStreamManager, wanted: Wanted, manage: boolean): Promise<StreamChange | undefined> {
  const { name: stream } = wanted
  const found = await manager.streams.info(stream).catch((error: unknown) => {
    if (error instanceof JetStreamApiError && error.apiError().err_code === NOT_FOUND) return undefined
    throw error
  })
  if (found === undefined) {
    if (manage) await manager.streams.add(wanted)
    return { stream, change: 'make', settings: [] }
  }
  const { config } = found
  // logs of servers that other gateways know stay
  const others = config.sources?.filter(({ name }) => !wanted.sources?.some((source) => source.name === name)) ?? []
  const merged = wanted.sources ? { ...wanted, sources: [...others, ...wanted.sources] } : wanted
  const settings = Object.entries(merged)
    .filter(([key, value]) => !isSame(config[key as keyof StreamConfig], value))
    .map(([key]) => key)
  if (settings.length === 0) return undefined
  if (manage) await manager.streams.update(stream, merged)
  if (manage && settings.includes('sources')) {
    // a gateway that begins at the same time may have written over it what it read before
    await delay(AGAIN)
    await ensure(manager, wanted, manage)
  }
  return { stream, change: 'update', settings }
}

/** Compares settings; of a source only the name is ours. */
function isSame(found: unknown, wanted: unknown): boolean {
  // nats-server leaves out what is false
  if (wanted === false) return !found
  if (!Array.isArray(wanted) || !Array.isArray(found)) return found === wanted
  const nameOf = (one: unknown) => (typeof one === 'object' && one !== null && 'name' in one ? one.name : one)
  const names = new Set(found.map(nameOf))
  return found.length === wanted.length && wanted.every((one) => names.has(nameOf(one)))
}
