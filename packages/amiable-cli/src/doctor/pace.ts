// K1, K3 and N: how quickly a server answers, what it sends, and whether a program can keep up with it.
import { setTimeout as sleep } from 'node:timers/promises'
import { AmiError, type Client } from 'amiable'
import { eventFacts } from 'amiable/catalog'
import { countText, sizeText } from '../output/size.ts'
import { spell } from '../output/time.ts'
import { NEEDS } from '../server/needs.ts'
import { configured } from './configured.ts'
import type { Finding } from './finding.ts'

const PINGS = 20
/** Milliseconds after which no further Ping is sent. */
const ENOUGH = 3_000
// a person on the phone notices what takes longer
const SLOW = 500

/** Measures how long answers take. */
export async function checkAnswers(client: Client): Promise<Finding> {
  const times: number[] = []
  const began = performance.now()
  while (times.length < PINGS && performance.now() - began < ENOUGH) {
    const sent = performance.now()
    await client.send('Ping')
    times.push(performance.now() - sent)
  }
  return judgeAnswers(times)
}

/** Says whether answers come soon enough. */
export function judgeAnswers(times: readonly number[]): Finding {
  const sorted = [...times].sort((one, other) => one - other)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  const says = `the median of ${sorted.length} Pings took ${spell(median)}, the slowest ${spell(sorted.at(-1) ?? 0)}`
  const found = { id: 'K1', what: 'answers', says } as const
  if (median < SLOW) return { ...found, level: 'ok' }
  const fix = ['is the network slow (ping), or the server (uptime, and on the console: core show taskprocessors)?']
  return { ...found, level: 'warn', fix }
}

/** What came while doctor listened. */
export interface Heard {
  /** Milliseconds. */
  readonly time: number
  readonly bytes: number
  /** Events by name. */
  readonly names: ReadonlyMap<string, number>
  /** Events that this program was too slow for. */
  readonly dropped: number
  /** Why the connection ended; empty if it did not. */
  readonly lost: string
}

/** Listens for a time. The client must have asked for all events. */
export async function listen(client: Client, time: number, signal: AbortSignal): Promise<Heard> {
  const names = new Map<string, number>()
  const before = client.stats()
  const began = performance.now()
  const ended = new AbortController()
  void client.closed.then(() => ended.abort())
  const over = AbortSignal.any([signal, ended.signal])
  // an own event's name is a stranger's: what is not in the catalog counts together
  client.on(
    '*',
    ({ Event }) => {
      const name = eventFacts(Event)?.name ?? OTHERS
      names.set(name, (names.get(name) ?? 0) + 1)
    },
    { signal: over },
  )
  await sleep(time, undefined, { signal: over }).catch(() => {})
  signal.throwIfAborted()
  const after = client.stats()
  const lost = ended.signal.aborted ? await reasonOf(client) : ''
  return {
    time: performance.now() - began,
    bytes: after.bytesRead - before.bytesRead,
    names,
    dropped: after.dropped - before.dropped,
    lost,
  }
}

const OTHERS = 'others'

async function reasonOf(client: Client): Promise<string> {
  const { error } = await client.closed
  return AmiError.is(error) ? error.message : 'the connection ended'
}

// events a second that are a flood if half of them or more are of one name
const FLOOD = 50
// fewer events than this, or fewer bytes, are a burst: a call that ends
const BURST = 200
const BURST_BYTES = 200_000
// bytes that the kernels on both sides hold at least, as measured over a loopback
const HELD = 800_000
// milliseconds that a program stands still now and then: a large answer, a full disk
const PAUSE = 5_000
// a longer pause is no pause
const MINUTES = 600_000

/** Says what came, what is too much of it, and whether a program can keep up. @param timeout the account's `writetimeout` */
export function judgeEvents(heard: Heard, profiles: readonly string[], account: string, timeout: number): Finding[] {
  const { time, bytes, names, dropped, lost } = heard
  const total = [...names.values()].reduce((sum, count) => sum + count, 0)
  const perSecond = total / (time / 1_000)
  const bytesPerSecond = bytes / (time / 1_000)
  const sorted = [...names].sort(([, one], [, other]) => other - one)
  const most = sorted.slice(0, 3).map(([name, count]) => `${name} ${countText(count)}`)
  const says = `${countText(total)} in ${spell(time)}, ${sizeText(bytesPerSecond)}/s${most.length > 0 ? `: ${most.join(', ')}` : ''}`
  return [
    { id: 'N1', level: 'ok', what: 'events', says },
    ...ofFlood(sorted[0], perSecond, total, profiles, account),
    ...ofLoss(dropped, lost),
    ofReader(bytes < BURST_BYTES ? 0 : bytesPerSecond, timeout, account),
  ]
}

function ofFlood(
  loudest: readonly [name: string, count: number] | undefined,
  perSecond: number,
  total: number,
  profiles: readonly string[],
  account: string,
): Finding[] {
  if (loudest === undefined || total < BURST || perSecond < FLOOD) return []
  const [name, count] = loudest
  const isNeeded = profiles.some((profile) => NEEDS[profile]?.events.includes(name))
  if (name === OTHERS || isNeeded || count * 2 < total) return []
  const share = Math.round((count / total) * 100)
  return [
    {
      id: 'N2',
      level: 'warn',
      what: 'flood',
      says: `${share} % of ${Math.round(perSecond)} events a second are ${name}`,
      fix: ['unless a program reads it', `[${account}]`, `eventfilter = !Event: ${name}`],
    },
  ]
}

function ofLoss(dropped: number, lost: string): Finding[] {
  const findings: Finding[] = []
  const what = { id: 'N3', what: 'loss' }
  if (lost !== '') {
    const fix = ['Asterisk ends a connection that it cannot write to: is writetimeout long enough, and the network?']
    findings.push({ ...what, level: 'error', says: `the connection did not last: ${lost}`, fix })
  }
  if (dropped > 0) {
    const says = `this machine was too slow for ${countText(dropped)} events`
    findings.push({
      ...what,
      level: 'warn',
      says,
      fix: ['ask for fewer: amiable rights +EVENT… says which read it takes'],
    })
  }
  return findings
}

/**
 * Returns how long a program may stand still before Asterisk ends its connection (main/iostream.c:ast_iostream_write).
 */
function ofReader(bytesPerSecond: number, timeout: number, account: string): Finding {
  const pause = bytesPerSecond > 0 ? (HELD / bytesPerSecond) * 1_000 + timeout : Number.POSITIVE_INFINITY
  const found = { id: 'K3', what: 'reader' }
  if (pause >= PAUSE) {
    const time = pause > MINUTES ? `more than ${spell(MINUTES)}` : `about ${spell(pause)}`
    return { ...found, level: 'ok', says: `at this rate a program may stop reading for ${time}` }
  }
  return {
    ...found,
    level: 'warn',
    says: `a program that stops reading for about ${spell(pause)} is thrown out: writetimeout is ${spell(timeout)}`,
    fix: [`[${account}]`, `writetimeout = ${PAUSE}`],
  }
}

// main/manager.c:build_user_list: 100 where the file has none
const WRITE_TIMEOUT = 100

/** Asks how long Asterisk waits for this account. */
export async function writeTimeoutOf(client: Client, account: string): Promise<number> {
  const given = Number.parseInt((await configured(client, account, 'writetimeout', -1)) ?? '', 10)
  return Math.max(given || 0, WRITE_TIMEOUT)
}
