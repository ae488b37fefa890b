import assert from 'node:assert/strict'
import { Callers } from './callers.ts'
import { type Kind, kinds } from './fault-kinds.ts'
import { ENDINGS, endIn, STATES } from './states.ts'
import { World } from './world.ts'

/** How many faults a seed's night has. */
export const FAULTS_A_NIGHT = 100

// virtual milliseconds in which a calm world must be well again: a backoff, an attempt that times out, a login
const RECOVERY = 15_000
// the same until a link that the network forgot is given up: a Command may keep its session silent for a minute
const DEAD_FOUND = 70_000
// no call may wait longer than its own timeout, and none is given more than four seconds
const ANSWER = 4_000

/** What a night came to. */
export interface NightReport {
  readonly faults: number
  readonly calls: number
  /** The longest virtual time from a fault to the end of the last call that it met, by kind. */
  readonly longest: ReadonlyMap<string, number>
}

/**
 * One night: a hundred faults in the order that the seed gives, some on top of one another, while calls are made and
 * events come. Fails with the seed and the command that replays it.
 */
export async function runNight(seed: number): Promise<NightReport> {
  const told: string[] = []
  try {
    return await night(seed, told)
  } catch (error) {
    const replay = `AMIABLE_FAULT_SEED=${seed} npm test -- contract/amiable/faults/chaos`
    const where = `seed ${seed}, fault ${told.length} (${told.slice(-3).join(', then ')})`
    throw new Error(`${where}: ${error instanceof Error ? error.message : error}\nreplay: ${replay}`, { cause: error })
  }
}

async function night(seed: number, told: string[]): Promise<NightReport> {
  await using world = await World.make(seed)
  const { random, clock } = world
  const callers = new Callers(world)
  const listeners = new Listeners(world)
  const longest = new Map<string, number>()

  await calm()
  while (told.length < FAULTS_A_NIGHT) {
    const state = random.chance(0.15) ? random.pick(STATES) : undefined
    const kind: Kind = state === undefined ? random.pick(kinds) : { name: `${random.pick(ENDINGS)} while ${state}` }
    told.push(kind.name)
    listeners.emit()
    let struck = clock.now()
    if (state === undefined) await strike(kind)
    else struck = await endIn(state, kind.name.split(' ')[0] as 'close', world, callers)
    listeners.follow()
    listeners.emit()
    assert.ok(await world.until(() => callers.pending === 0, ANSWER), `pending for ever: ${callers.waiting}`)
    longest.set(kind.name, Math.max(longest.get(kind.name) ?? 0, callers.longestSince(struck)))
    if (random.chance(0.6)) await calm()
  }
  await calm()
  void world.client.close()
  assert.ok(await world.until(() => world.client.state === 'closed', 10_000), 'close does not end')
  assert.equal(world.timers.pending.size, 0, 'a closed client holds no timer')
  assert.deepEqual(callers.lies(), [])
  return { faults: told.length, calls: callers.made.length, longest }

  async function strike(kind: Kind): Promise<void> {
    kind.before?.(world)
    if (world.client.state === 'idle') world.client.connect().catch(() => {})
    if (kind.many) callers.many()
    else callers.some()
    // the strike finds the calls anywhere on their way
    for (let turns = random.integer(0, 8); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
    kind.strike?.(world, callers)
  }

  /** Ends every fault; then the client is ready within bounds, its listeners hear, and nothing was heard twice. */
  async function calm(): Promise<void> {
    world.clear()
    if (world.client.state === 'idle') world.client.connect().catch(() => {})
    const well = () => world.client.state === 'ready'
    assert.ok(await world.until(well, RECOVERY), `not well again but ${world.client.state}`)
    listeners.follow()
    // a link that is dead and does not know it yet is found by the keepalive first
    let heard = false
    for (const end = clock.now() + DEAD_FOUND; !heard && clock.now() <= end; ) {
      const mark = listeners.emit()
      heard = await world.until(() => listeners.heard(mark), 500)
    }
    assert.ok(heard, `a listener is lost; the client is ${world.client.state}`)
    const idle = () => world.client.stats().inFlight + world.client.stats().queued === 0
    assert.ok(await world.until(idle, DEAD_FOUND), `${JSON.stringify(world.client.stats())} and nobody asked`)
    listeners.nothingTwice()
  }
}

/** One listener and one loop on each client of the night, and how often each of them heard each mark. */
class Listeners {
  readonly #world: World
  readonly #counts = new Map<string, number>()
  #client: World['client'] | undefined
  #marks = 0

  constructor(world: World) {
    this.#world = world
    this.follow()
  }

  /** Listens to the client of the day. */
  follow(): void {
    const { client } = this.#world
    if (client === this.#client) return
    this.#client = client
    client.on('UserEvent', (event) => this.#count('listener', event.get('Mark')))
    void this.#iterate(client.events('UserEvent', { capacity: 5, overflow: 'drop-oldest' }))
  }

  async #iterate(events: AsyncIterable<{ get(name: string): string | undefined }>): Promise<void> {
    for await (const event of events) this.#count('loop', event.get('Mark'))
  }

  #count(who: string, mark: string | undefined): void {
    if (mark === undefined) return
    const key = `${who} ${mark}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  /** Raises an event that the listeners should hear. */
  emit(): string {
    const mark = String(++this.#marks)
    this.#world.server.emit('UserEvent', { UserEvent: 'Mark', Mark: mark })
    return mark
  }

  /** Whether both heard it. */
  heard(mark: string): boolean {
    return this.#counts.has(`listener ${mark}`) && this.#counts.has(`loop ${mark}`)
  }

  nothingTwice(): void {
    for (const [key, count] of this.#counts) assert.equal(count, 1, `${key} was heard ${count} times`)
    this.#counts.clear()
  }
}
