// The live screen of `top`: which view, how far down, what is looked for.
import type { Client } from 'amiable'
import type { State } from 'amiable/state'
import { clockOf } from '../output/time.ts'
import { visible } from '../output/visible.ts'
import type { ScreenLine } from '../screen/painter.ts'
import type { ScreenView } from '../screen/terminal.ts'
import { staleText } from './fresh.ts'
import type { Sight } from './sight.ts'
import { drawView, VIEWS, type ViewName } from './views.ts'

// lines above the rows
const HEADER = 2
// what somebody types to look for something
const LONGEST = 60

/** What `top` shows of one server. */
export class Board implements ScreenView {
  readonly #client: Client
  readonly #state: State
  readonly #sight: Sight
  readonly #clock = clockOf('local')
  #view: ViewName
  #from = 0
  #page = 10
  #filter = ''
  #isTyping = false
  #peak = 0
  #before: { readonly at: number; readonly events: number } | undefined
  #rate = 0

  constructor(client: Client, state: State, sight: Sight, view: ViewName) {
    this.#client = client
    this.#state = state
    this.#sight = sight
    this.#view = view
  }

  lines(width: number, height: number): readonly ScreenLine[] {
    const now = Date.now()
    const stale = staleText(this.#view === 'queues' ? this.#state.queues : this.#state.calls)
    const window = { now, width, height: height - HEADER, filter: this.#filter, isOld: stale !== undefined }
    // the titles take one more
    this.#page = Math.max(1, window.height - 1)
    let drawn = drawView(this.#state, this.#view, { ...window, from: this.#from })
    const last = Math.max(0, drawn.rows - this.#page)
    if (this.#from > last) {
      this.#from = last
      drawn = drawView(this.#state, this.#view, { ...window, from: last })
    }
    const seen = this.#sight.of(this.#view === 'queues' ? 'agent' : 'call')
    const style = stale === undefined ? (seen?.style ?? 'bold') : 'red'
    const head = { text: this.#head(now, stale, seen?.text), style }
    return [head, { text: this.#menu(drawn.shown, drawn.all) }, ...drawn.lines]
  }

  key(name: string, letter: string): boolean {
    if (this.#isTyping) {
      this.#type(name, letter)
      return false
    }
    const view = VIEWS[Number(letter) - 1]
    if (view !== undefined) this.#show(view)
    else if (name === 'tab') this.#show(VIEWS[(VIEWS.indexOf(this.#view) + 1) % VIEWS.length] ?? 'calls')
    else if (name === 'down') this.#from++
    else if (name === 'up') this.#from = Math.max(0, this.#from - 1)
    else if (name === 'pagedown' || name === 'space') this.#from += this.#page
    else if (name === 'pageup') this.#from = Math.max(0, this.#from - this.#page)
    else if (name === 'home') this.#from = 0
    else if (letter === '/') this.#isTyping = true
    else if (name === 'escape') this.#filter = ''
    return name === 'q'
  }

  #show(view: ViewName): void {
    this.#view = view
    this.#from = 0
  }

  #type(name: string, letter: string): void {
    if (name === 'return' || name === 'enter') this.#isTyping = false
    else if (name === 'escape') {
      this.#isTyping = false
      this.#filter = ''
    } else if (name === 'backspace') this.#filter = [...this.#filter].slice(0, -1).join('')
    // a key that is no letter has a name and an escape sequence
    else if (visible(letter) === letter && this.#filter.length < LONGEST) this.#filter += letter
    this.#from = 0
  }

  #head(now: number, stale: string | undefined, seen = 'live'): string {
    const calls = this.#state.calls.size
    this.#peak = Math.max(this.#peak, calls)
    const { events, dropped } = this.#client.stats()
    const before = this.#before
    // by a clock that nobody sets
    const at = performance.now()
    // a key draws between two looks, too soon to count anything
    if (before === undefined || at - before.at >= 900) {
      if (before !== undefined) this.#rate = ((events - before.events) * 1_000) / (at - before.at)
      this.#before = { at, events }
    }
    const name = visible(this.#client.name)
    if (stale !== undefined) return `${name}  ${stale}`
    const rate = `events ${this.#rate.toFixed(0)}/s`
    const clock = this.#clock(now).slice(-12, -4)
    return `${name}  ${seen}  calls ${calls}  peak ${this.#peak}  ${rate}  lost ${dropped}  ${clock}`
  }

  #menu(shown: number, all: number): string {
    const views = VIEWS.map((view, at) => (view === this.#view ? `[${at + 1} ${view}]` : ` ${at + 1} ${view} `))
    const filter = this.#filter === '' && !this.#isTyping ? '/ filter' : `/ ${this.#filter}${this.#isTyping ? '_' : ''}`
    const count = shown === all ? String(all) : `${shown} of ${all}`
    return `${views.join('')}  ${count}  ${filter}  q quit`
  }
}
