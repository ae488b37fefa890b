// What is wrong now, by the rules of the configuration. An alert begins when its limit has been passed for a while, and
// ends when it has not been for a while: a value that sways around its limit is one alert.
import type { States } from 'amiable/state'
import type { Config } from '../config/schema.ts'
import type { AlertRow, Level } from '../protocol/rows.ts'
import { isUp } from './line-rows.ts'
import { keyOf } from './look.ts'
import { longestOf } from './people-rows.ts'
import type { WindowCache } from './windows.ts'

/** What the rules look at. */
export interface AlertSources {
  readonly states: States
  readonly windows: WindowCache
  readonly window: '15' | '60' | 'today'
  isConnected(server: string): boolean
}

/** How long a value must be well again, in milliseconds. */
const CALM = 10_000
const TRUNK_AFTER = 10_000

/** A condition that holds now. */
interface Finding {
  readonly rule: AlertRow['rule']
  readonly level: Level
  readonly server: string
  readonly subject: string
  readonly limit: number | null
  /** Milliseconds that it must hold before it is an alert. */
  readonly after: number
}

/** What is known of a finding; all but `since` is by the steady clock. */
interface Watch {
  readonly since: number
  readonly begunAt: number
  lastSeen: number
  /** When it was last as bad as an alarm. */
  alarmAt: number
  row: AlertRow | undefined
}

/** Keeps the alerts of all servers. */
export class Alerts {
  readonly rows = new Map<string, AlertRow>()
  #rules: Config['alerts']
  #sources: AlertSources
  #watches = new Map<string, Watch>()

  constructor(rules: Config['alerts'], sources: AlertSources) {
    this.#rules = rules
    this.#sources = sources
  }

  /**
   * Looks at everything once; returns whether an alert has begun, ended or become another.
   * @param steady the time by a clock that nobody sets
   */
  look(now: number, steady: number): boolean {
    let isChanged = false
    for (const finding of this.#findings(now)) {
      const key = `${finding.rule}/${keyOf(finding.server, finding.subject)}`
      const watch = this.#watches.get(key) ?? {
        since: now,
        begunAt: steady,
        lastSeen: steady,
        alarmAt: steady,
        row: undefined,
      }
      this.#watches.set(key, watch)
      watch.lastSeen = steady
      if (finding.level === 'alarm') watch.alarmAt = steady
      if (steady - watch.begunAt < finding.after || watch.row?.level === finding.level) continue
      // what became worse is said at once, and what became better when it has been so for a while
      if (watch.row?.level === 'alarm' && steady - watch.alarmAt < CALM) continue
      const { after: _, ...row } = finding
      watch.row = { key, ...row, since: watch.row?.since ?? watch.since }
      this.rows.set(key, watch.row)
      isChanged = true
    }
    for (const [key, { lastSeen, row }] of this.#watches) {
      if (lastSeen === steady || (row !== undefined && steady - lastSeen < CALM)) continue
      this.#watches.delete(key)
      if (this.rows.delete(key)) isChanged = true
    }
    return isChanged
  }

  *#findings(now: number): Generator<Finding> {
    const { states, isConnected } = this.#sources
    for (const state of states) {
      const server = state.name
      if (!isConnected(server) || state.freshness.type === 'stale') {
        yield {
          rule: 'serverStale',
          level: 'alarm',
          server,
          subject: server,
          limit: null,
          after: this.#rules.serverStale,
        }
        // of what is not known nothing is said
        continue
      }
      yield* this.#ofQueues(server, now)
      if (!this.#rules.trunkDown) continue
      for (const { name, status } of state.trunks) {
        if (!isUp(status, undefined)) {
          yield { rule: 'trunkDown', level: 'alarm', server, subject: name, limit: null, after: TRUNK_AFTER }
        }
      }
    }
  }

  *#ofQueues(server: string, now: number): Generator<Finding> {
    const { states, windows, window } = this.#sources
    const { waiting, waitingFor, longestWait, serviceLevel, nobodyReady } = this.#rules
    for (const { name, callers, members, serviceLevel: promised } of states.get(server)?.queues ?? []) {
      const about = { server, subject: name }
      const passed = (value: number, { warning, alarm }: { warning: number; alarm: number }) =>
        value >= alarm ? (['alarm', alarm] as const) : value >= warning ? (['warning', warning] as const) : undefined
      const many = passed(callers.length, waiting)
      if (many) yield { rule: 'waiting', level: many[0], limit: many[1], after: waitingFor, ...about }
      const first = longestOf(callers)
      const long = first === null ? undefined : passed(now - first, longestWait)
      if (long) yield { rule: 'longestWait', level: long[0], limit: long[1], after: 0, ...about }
      const { offered, answeredInLevel } = windows.of(server, name, window)
      const level = offered === 0 ? 100 : (answeredInLevel / offered) * 100
      // one call that was late is no trend
      if (promised > 0 && offered >= 10 && level < serviceLevel.warning) {
        const isAlarm = level < serviceLevel.alarm
        const limit = isAlarm ? serviceLevel.alarm : serviceLevel.warning
        yield { rule: 'serviceLevel', level: isAlarm ? 'alarm' : 'warning', limit, after: CALM, ...about }
      }
      const able = members.some(({ state }) => state !== 'paused' && state !== 'unavailable')
      if (nobodyReady && callers.length > 0 && !able) {
        yield { rule: 'nobodyReady', level: 'alarm', limit: null, after: CALM, ...about }
      }
    }
  }
}
