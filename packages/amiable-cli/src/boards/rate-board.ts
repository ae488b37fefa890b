// A live table of what comes: which events, how often, how large.
import type { Rates } from '../events/rates.ts'
import { countText, sizeText } from '../output/size.ts'
import { layOut } from '../output/table.ts'
import { visible } from '../output/visible.ts'
import type { ScreenLine } from '../screen/painter.ts'
import type { ScreenView } from '../screen/terminal.ts'

const COLUMNS = [
  { title: 'EVENT' },
  { title: '/s', right: true },
  { title: 'LAST 10 s' },
  { title: 'TOTAL', right: true },
  { title: 'BYTES/s', right: true },
]
const BARS = ' ▁▂▃▄▅▆▇█'

/** Lays out what came, with the sum of all at the end. */
export function rateLines(rates: Rates, lost: number, width?: number): string[] {
  const rows = [...rates.list(), rates.all()].map(({ name, perSecond, seconds, total, bytesPerSecond }) => [
    visible(name),
    perSecond.toFixed(1),
    bars(seconds),
    countText(total),
    sizeText(bytesPerSecond),
  ])
  const lines = layOut(COLUMNS, rows, { width })
  return [...lines.slice(0, -1), `${lines.at(-1)}  ${countText(lost)} lost`]
}

/** Returns a bar for each second, the highest for the most of them. */
function bars(seconds: readonly number[]): string {
  const most = Math.max(...seconds, 1)
  return seconds.map((count) => BARS[Math.ceil((count / most) * (BARS.length - 1))]).join('')
}

/** The screen of `events --rate`. */
export class RateBoard implements ScreenView {
  readonly #rates: Rates
  readonly #lost: () => number
  readonly #said: () => string
  #from = 0
  #page = 10

  /** @param said what was last said of the connection */
  constructor(rates: Rates, lost: () => number, said: () => string) {
    this.#rates = rates
    this.#lost = lost
    this.#said = said
  }

  lines(width: number, height: number): readonly ScreenLine[] {
    this.#rates.advance(performance.now())
    const [titles = '', ...rest] = rateLines(this.#rates, this.#lost(), width)
    const sum = rest.pop() ?? ''
    const said = this.#said()
    this.#page = Math.max(1, height - 3)
    this.#from = Math.max(0, Math.min(this.#from, rest.length - this.#page))
    const shown = rest.slice(this.#from, this.#from + this.#page)
    return [
      { text: titles, style: 'bold' },
      ...shown.map((text) => ({ text })),
      { text: sum, style: 'bold' },
      { text: said === '' ? 'q leaves' : said, style: said === '' ? 'dim' : 'red' },
    ]
  }

  key(name: string): boolean {
    if (name === 'down') this.#from++
    else if (name === 'up') this.#from--
    else if (name === 'pagedown' || name === 'space') this.#from += this.#page
    else if (name === 'pageup') this.#from -= this.#page
    return name === 'q' || name === 'escape'
  }
}
