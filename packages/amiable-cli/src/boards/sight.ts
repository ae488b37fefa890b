// Whether the events come that keep a board true. An account without their class gets lists all the same, and a board
// of such lists would call itself live while nothing moves it.
import type { AmiEvent, Client, Listener } from 'amiable'
import { eventFacts } from 'amiable/catalog'
import type { Kind, State } from 'amiable/state'
import type { Style } from '../output/colour.ts'
import { clockOf, spell } from '../output/time.ts'
import { readRightsOf } from '../server/read-rights.ts'

/** The class of the events that keep a kind true. */
export type SeenClass = 'agent' | 'call'

/** Milliseconds between two looks at what no event shows. */
const EVERY = 5_000

const KIND: Readonly<Record<SeenClass, Kind>> = { agent: 'queues', call: 'calls' }

/** What is known of one class: `seen` needs no more looks. */
type Known = 'seen' | 'unknown' | 'missing'

export class Sight {
  readonly #state: State
  readonly #known = new Map<SeenClass, Known>()
  readonly #looked = new Map<SeenClass, number>()
  #listener: Listener | undefined
  #timer: NodeJS.Timeout | undefined

  private constructor(state: State) {
    this.#state = state
  }

  /** Finds out what can be found out, and looks again and again at the rest. */
  static async open(client: Client, account: string, state: State, classes: readonly SeenClass[]): Promise<Sight> {
    const sight = new Sight(state)
    const read = await readRightsOf(client, account)
    for (const one of classes) {
      sight.#looked.set(one, Date.now())
      sight.#known.set(one, read === undefined ? 'unknown' : read.includes(one) ? 'seen' : 'missing')
    }
    sight.#watch(client)
    return sight
  }

  /** Returns what is to be said of a board; `undefined` where its events come. */
  of(one: SeenClass): { readonly text: string; readonly style: Style } | undefined {
    const known = this.#known.get(one)
    if (known === undefined || known === 'seen') return undefined
    const clock = clockOf('local')(this.#looked.get(one) ?? 0).slice(0, 8)
    const asked = `asked every ${spell(EVERY)}, last at ${clock}`
    return known === 'missing'
      ? { text: `NO EVENTS: read = ${one} is missing; ${asked}`, style: 'red' }
      : { text: `${asked}: no event of read = ${one} has come yet`, style: 'yellow' }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#listener?.remove()
  }

  get #isOpen(): boolean {
    return [...this.#known.values()].some((known) => known !== 'seen')
  }

  #watch(client: Client): void {
    if (!this.#isOpen) return
    this.#listener = client.on('*', ({ Event }: AmiEvent) => {
      for (const one of eventFacts(Event)?.classes ?? []) this.#see(one)
    })
    this.#timer = setInterval(() => void this.#look(), EVERY)
  }

  #see(name: string): void {
    if (!this.#known.has(name as SeenClass)) return
    this.#known.set(name as SeenClass, 'seen')
    if (!this.#isOpen) this.close()
  }

  async #look(): Promise<void> {
    for (const [one, known] of this.#known) {
      if (known === 'seen') continue
      // what is another by now without an event of this class: none of it comes
      const differences = await this.#state.audit(KIND[one]).catch(() => [])
      this.#looked.set(one, Date.now())
      if (differences.length > 0 && this.#known.get(one) === 'unknown') this.#known.set(one, 'missing')
    }
  }
}
