// When an alert begins, becomes another and ends: by a clock of the test.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { States } from 'amiable/state'
import { configSchema } from '../../src/config/schema.ts'
import { type AlertSources, Alerts } from '../../src/views/alerts.ts'
import { openBoard } from '../support/board.ts'

const SECOND = 1_000

/** What one queue, one trunk and their server are like; the test changes it. */
interface Scene {
  callers: { joinedAt: Date }[]
  members: { state: string }[]
  trunk: string
  window: { offered: number; answeredInLevel: number }
  freshness: string
  connected: boolean
}

/** Looks once a second, and keeps what has begun and ended, as `second rule level`. */
class Watcher {
  readonly said: string[] = []
  readonly scene: Scene = {
    callers: [],
    members: [{ state: 'ready' }],
    trunk: 'Registered',
    window: { offered: 0, answeredInLevel: 0 },
    freshness: 'live',
    connected: true,
  }
  second = 0
  /** How far the clock of the machine has been set since. */
  ahead = 0
  #alerts: Alerts
  #shown = new Map<string, string>()

  constructor(rules: Record<string, unknown> = {}) {
    const { scene } = this
    const state = {
      name: 'pbx1',
      get freshness() {
        return { type: scene.freshness }
      },
      get queues() {
        return [{ name: 'support', callers: scene.callers, members: scene.members, serviceLevel: 60 }]
      },
      get trunks() {
        return [{ name: 'north', status: scene.trunk }]
      },
    }
    const states = { [Symbol.iterator]: () => [state].values(), get: () => state }
    const { alerts } = configSchema.parse({
      asterisks: { pbx1: { host: 'a', username: 'b', secret: { env: 'C' } } },
      alerts: {
        waiting: { warning: 3, alarm: 6 },
        waitingFor: '30s',
        longestWait: { warning: '1h', alarm: '2h' },
        ...rules,
      },
    })
    const windows = { of: () => scene.window } as unknown as AlertSources['windows']
    this.#alerts = new Alerts(alerts, {
      states: states as unknown as States,
      windows,
      window: '60',
      isConnected: () => scene.connected,
    })
  }

  get now(): number {
    return this.second * SECOND
  }

  /** Lets so many wait for so many seconds. */
  waiting(count: number, seconds: number): this {
    this.scene.callers = Array.from({ length: count }, () => ({ joinedAt: new Date(this.now) }))
    return this.pass(seconds)
  }

  pass(seconds: number): this {
    for (const until = this.second + seconds; this.second < until; this.second++) {
      const isChanged = this.#alerts.look(this.now + this.ahead, this.now)
      const shown = new Map([...this.#alerts.rows.values()].map(({ rule, level }) => [rule as string, level as string]))
      const before = this.said.length
      for (const [rule, level] of shown) if (this.#shown.get(rule) !== level) this.#say(rule, level)
      for (const rule of this.#shown.keys()) if (!shown.has(rule)) this.#say(rule, 'over')
      assert.equal(isChanged, this.said.length > before, `at ${this.second} s`)
      this.#shown = shown
    }
    return this
  }

  since(rule: string): number | undefined {
    return [...this.#alerts.rows.values()].find((row) => row.rule === rule)?.since
  }

  #say(rule: string, what: string): void {
    this.said.push(`${this.second} ${rule} ${what}`)
  }
}

test('an alert begins when its limit has been passed for as long as the rule says, and not before', () => {
  const short = new Watcher().waiting(3, 30).waiting(2, 60)
  assert.deepEqual(short.said, [])
  const long = new Watcher().waiting(3, 35)
  assert.deepEqual(long.said, ['30 waiting warning'])
  assert.equal(long.since('waiting'), 0)
})

test('a queue of any length is looked at', () => {
  const many = new Watcher({ waitingFor: '0s' }).waiting(300_000, 1)
  assert.deepEqual(many.said, ['0 waiting alarm'])
})

test('a clock that is set back or ahead begins, ends and delays no alert', () => {
  const back = new Watcher().waiting(3, 20)
  back.ahead = -3_600_000
  back.pass(15)
  assert.deepEqual(back.said, ['30 waiting warning'])
  back.waiting(0, 15)
  assert.deepEqual(back.said, ['30 waiting warning', '44 waiting over'])
  const ahead = new Watcher().waiting(3, 5)
  ahead.ahead = 1_800_000
  assert.deepEqual(ahead.pass(20).said, [])
})

test('a value that sways around its limit is one alert, which ends when it has been calm for ten seconds', () => {
  const watcher = new Watcher().waiting(3, 31)
  for (let round = 0; round < 20; round++) watcher.waiting(2, 8).waiting(3, 1)
  watcher.waiting(2, 30)
  assert.deepEqual(watcher.said, ['30 waiting warning', `${31 + 20 * 9 - 1 + 10} waiting over`])
})

test('what becomes worse is said at once, and what becomes better when it has been so for a while', () => {
  const watcher = new Watcher().waiting(3, 40).waiting(6, 5).waiting(3, 5).waiting(6, 1).waiting(4, 60)
  assert.deepEqual(watcher.said, ['30 waiting warning', '40 waiting alarm', '60 waiting warning'])
  assert.equal(watcher.since('waiting'), 0)
})

test('one bad moment before an alert begins does not make it an alarm', () => {
  const watcher = new Watcher().waiting(3, 10).waiting(9, 1).waiting(3, 60)
  assert.deepEqual(watcher.said, ['30 waiting warning'])
})

test('a wait that is too long is said at once', () => {
  const watcher = new Watcher({ longestWait: { warning: '60s', alarm: '120s' } }).waiting(1, 130).waiting(0, 20)
  assert.deepEqual(watcher.said, ['60 longestWait warning', '120 longestWait alarm', '139 longestWait over'])
})

test('a share of ten calls and more is an alert when too few were answered in time', () => {
  const watcher = new Watcher()
  watcher.scene.window = { offered: 9, answeredInLevel: 0 }
  watcher.pass(20)
  watcher.scene.window = { offered: 100, answeredInLevel: 85 }
  watcher.pass(20)
  watcher.scene.window = { offered: 100, answeredInLevel: 79 }
  watcher.pass(5)
  watcher.scene.window = { offered: 100, answeredInLevel: 80 }
  watcher.pass(20)
  watcher.scene.window = { offered: 100, answeredInLevel: 90 }
  watcher.pass(20)
  assert.deepEqual(watcher.said, [
    '30 serviceLevel warning',
    '40 serviceLevel alarm',
    '54 serviceLevel warning',
    '74 serviceLevel over',
  ])
})

test('callers whom nobody can answer, and a trunk that is lost, are alarms', () => {
  const watcher = new Watcher()
  watcher.scene.members = [{ state: 'paused' }, { state: 'unavailable' }]
  watcher.scene.trunk = 'Rejected'
  watcher.waiting(1, 15)
  watcher.scene.members = [{ state: 'inCall' }]
  watcher.scene.trunk = 'Registered'
  watcher.pass(15)
  assert.deepEqual(watcher.said.toSorted(), [
    '10 nobodyReady alarm',
    '10 trunkDown alarm',
    '24 nobodyReady over',
    '24 trunkDown over',
  ])
})

test('a server that is away is an alarm, and of what is not known nothing is said', () => {
  const watcher = new Watcher({ waitingFor: 0 }).waiting(9, 5)
  watcher.scene.connected = false
  watcher.pass(20)
  watcher.scene.connected = true
  watcher.scene.freshness = 'stale'
  watcher.pass(20)
  watcher.scene.freshness = 'live'
  watcher.scene.callers = []
  watcher.pass(20)
  assert.deepEqual(watcher.said, ['0 waiting alarm', '14 waiting over', '15 serverStale alarm', '54 serverStale over'])
})

test('a rule that is off says nothing', () => {
  const watcher = new Watcher({ nobodyReady: false, trunkDown: false })
  watcher.scene.members = []
  watcher.scene.trunk = 'Rejected'
  watcher.waiting(1, 30)
  assert.deepEqual(watcher.said, [])
})

test('an alert is on every page of somebody who sees its queue', { timeout: 60_000 }, async () => {
  await using board = await openBoard({ alerts: { waiting: { warning: 1, alarm: 5 }, waitingFor: 0 } })
  const { browser, server } = board
  await using sales = await browser.open('page=agents&queues=sales')
  await using support = await browser.open('page=agents&queues=support')
  for (const device of ['PJSIP/101', 'PJSIP/102']) server.queues.pause('support', device, true, 'lunch')
  server.queues.join('support', server.channels.create({ name: 'PJSIP/trunk', state: 'Up' }))
  const alert = await support.until('an alert', (one) => one.row('alerts', 'waiting/pbx1/support'))
  assert.deepEqual([alert.level, alert.limit, alert.subject], ['warning', 1, 'support'])
  assert.deepEqual(sales.rows('alerts'), [])
})
