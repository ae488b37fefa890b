// A ladder as text: a column for each channel, a line for each step.
import { visible } from '../output/visible.ts'
import { cut, widthOf } from '../output/width.ts'
import type { Lane, Step } from './ladder.ts'

/** The characters that a ladder is drawn with. */
export interface Symbols {
  readonly alive: string
  readonly line: string
  readonly answer: string
  readonly right: string
  readonly left: string
  readonly fromLeft: string
  readonly fromRight: string
  readonly begin: string
  readonly end: string
  readonly mark: string
  readonly bridge: readonly [line: string, first: string, between: string, last: string]
  readonly cut: string
}

const DRAWN: Symbols = {
  alive: '│',
  line: '─',
  answer: '╌',
  right: '▶',
  left: '◀',
  fromLeft: '├',
  fromRight: '┤',
  begin: '●',
  end: '✕',
  mark: '┆',
  bridge: ['═', '╞', '╪', '╡'],
  cut: '…',
}

const ASCII: Symbols = {
  alive: '|',
  line: '-',
  answer: '.',
  right: '>',
  left: '<',
  fromLeft: '+',
  fromRight: '+',
  begin: 'o',
  end: 'x',
  mark: ':',
  bridge: ['=', '+', '+', '+'],
  cut: '~',
}

/** Returns the characters that a terminal of this environment shows. */
export function symbolsFor(env: Readonly<Record<string, string | undefined>>): Symbols {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return /utf-?8/i.test(locale) ? DRAWN : ASCII
}

export interface DrawOptions {
  /** Columns of the terminal; without it nothing is cut. */
  readonly width: number | undefined
  readonly symbols: Symbols
}

const TIME = 9
const GAPS = [8, 6, 4, 3]
// what happened must be readable beside the picture
const TEXT = 28
// what is the other party's answer goes back, and is no act of the caller
const ANSWERS = new Set(['answer', 'ringing', 'progress', 'proceeding', 'dial-end', 'busy', 'congestion'])

/** Draws steps as they come; how many channels there are may grow. */
export class Drawing {
  readonly #options: DrawOptions
  #shown = new Set<number>()
  #gone = new Set<number>()

  constructor(options: DrawOptions) {
    this.#options = options
  }

  /** Returns the letters of the channels above their columns. */
  heading(lanes: readonly Lane[], startedAt: number | undefined): string {
    const gap = this.#gap(lanes.length)
    const letters = gap === undefined ? '' : lanes.map(({ letter }) => letter.padEnd(gap)).join('')
    return [...(startedAt === undefined ? [] : ['time'.padStart(TIME)]), letters].join('  ').trimEnd()
  }

  /** Returns one line of a legend: a letter, and the channel behind it. */
  legend({ letter, name, who }: Lane): string {
    return this.#fit(
      `${letter.padEnd(3)}${[name, who]
        .filter((text) => text !== '')
        .map(visible)
        .join('  ')}`,
    )
  }

  /** Returns one line for one step. */
  line(step: Step, startedAt: number | undefined, lanes: readonly Lane[]): string {
    const { at, text } = step
    const time =
      at === undefined || startedAt === undefined ? [] : [((at - startedAt) / 1_000).toFixed(3).padStart(TIME)]
    const gap = this.#gap(lanes.length)
    const picture = gap === undefined ? wordsOf(step, lanes) : this.#picture(step, lanes, gap)
    this.#note(step)
    return this.#fit([...time, picture, visible(text)].join('  ').trimEnd())
  }

  /** Columns for each channel; `undefined` where there is no room for a picture. */
  #gap(count: number): number | undefined {
    const { width } = this.#options
    return GAPS.find((gap) => width === undefined || TIME + 2 + gap * count + TEXT <= width)
  }

  #fit(line: string): string {
    const { width, symbols } = this.#options
    return width === undefined || widthOf(line) <= width ? line : cut(line, width, symbols.cut)
  }

  #note({ from, to, members = [], ends }: Step): void {
    for (const one of [from, to, ...members]) if (one !== undefined) this.#shown.add(one)
    if (ends && to !== undefined) this.#gone.add(to)
  }

  #picture(step: Step, lanes: readonly Lane[], gap: number): string {
    const { symbols } = this.#options
    const cells: string[] = Array(gap * lanes.length).fill(' ')
    // those that were there before anybody looked
    for (const [at, { whole }] of lanes.entries()) if (!whole) this.#shown.add(at)
    for (const one of this.#shown) if (!this.#gone.has(one)) cells[one * gap] = symbols.alive
    const { from, to, members = [] } = step
    const [first, last] = [members[0], members.at(-1)]
    if (first !== undefined && last !== undefined && first < last) {
      const [line, begin, between, end] = symbols.bridge
      cells.fill(line, first * gap + 1, last * gap)
      for (const one of members) cells[one * gap] = between
      cells[first * gap] = begin
      cells[last * gap] = end
    } else if (from !== undefined && to !== undefined && from !== to) {
      this.#arrow(cells, from * gap, to * gap, step)
    } else if (to !== undefined || from !== undefined) {
      const place = (to ?? from ?? 0) as number
      cells[place * gap] = step.ends ? symbols.end : this.#shown.has(place) ? symbols.mark : symbols.begin
    }
    return cells.join('')
  }

  #arrow(cells: string[], from: number, to: number, { to: place, kind }: Step): void {
    const { symbols } = this.#options
    const line = ANSWERS.has(kind) ? symbols.answer : symbols.line
    const [least, most] = from < to ? [from, to] : [to, from]
    cells.fill(line, least + 1, most)
    cells[from] = from < to ? symbols.fromLeft : symbols.fromRight
    cells[to] = this.#shown.has(place as number) ? symbols.alive : symbols.begin
    cells[from < to ? to - 1 : to + 1] = from < to ? symbols.right : symbols.left
  }
}

/** Returns the same without a picture: `A > B`. */
function wordsOf({ from, to, members }: Step, lanes: readonly Lane[]): string {
  const letter = (place: number) => lanes[place]?.letter ?? '?'
  if (members !== undefined) return members.map(letter).join('+')
  return [from, to].flatMap((place) => (place === undefined ? [] : letter(place))).join('>')
}
