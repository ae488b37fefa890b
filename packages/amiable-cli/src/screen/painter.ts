// A screen as lines, of which only what changed is written.
import type { Paint, Style } from '../output/colour.ts'
import { visible } from '../output/visible.ts'
import { cut, pad } from '../output/width.ts'

/** One line of a screen. What a terminal would obey in its text is shown as text. */
export interface ScreenLine {
  readonly text: string
  readonly style?: Style | undefined
}

// letters of one column each
const ASCII = /^[\x20-\x7e]*$/

/** Knows what the terminal shows, and how it comes to show something else. */
export class Painter {
  readonly #paint: Paint
  #shown: ScreenLine[] = []

  constructor(paint: Paint) {
    this.#paint = paint
  }

  /** Forgets what is shown: the terminal was cleared, or another program has written to it. */
  forget(): void {
    this.#shown = []
  }

  /** Returns what turns the terminal's lines into these, or nothing where they are the same. */
  frame(lines: readonly ScreenLine[], width: number, height: number): string {
    let text = ''
    const next: ScreenLine[] = []
    for (let row = 0; row < height; row++) {
      const { text: full = '', style } = lines[row] ?? {}
      const line = { text: cut(visible(full), width).trimEnd(), style }
      next.push(line)
      text += this.#change(row, this.#shown[row], line)
    }
    this.#shown = next
    // a terminal that knows it shows all of it at once
    return text === '' ? '' : `\x1b[?2026h${text}\x1b[?2026l`
  }

  #change(row: number, before: ScreenLine | undefined, { text, style }: ScreenLine): string {
    if (before?.text === text && before.style === style) return ''
    const styled = (part: string) => (style === undefined ? part : this.#paint(style, part))
    if (before === undefined || before.style !== style || !ASCII.test(before.text) || !ASCII.test(text)) {
      return `\x1b[${row + 1};1H${styled(text)}\x1b[K`
    }
    // the clocks of a row are a few letters of it
    let from = 0
    while (from < text.length && text[from] === before.text[from]) from++
    const longer = before.text.length > text.length
    const other = longer ? pad(text, before.text.length) : text
    let to = other.length
    if (other.length === before.text.length) while (to > from && other[to - 1] === before.text[to - 1]) to--
    return `\x1b[${row + 1};${from + 1}H${styled(other.slice(from, to))}`
  }
}
