// What the demo says, in its form.
import { styleText } from 'node:util'
import type { CommandProcess } from 'amiable-settings'

type Style = 'bold' | 'dim' | 'red' | 'green' | 'cyan'

const LABEL = 11

/** Says what happens, with styles where a terminal shows them. */
export class Teller {
  readonly #io: CommandProcess
  readonly #isStyled: boolean

  constructor(io: CommandProcess) {
    this.#io = io
    this.#isStyled = io.isTerminal.out && !io.env.NO_COLOR && io.env.TERM !== 'dumb'
  }

  paint(style: Style, text: string): string {
    return this.#isStyled ? styleText(style, text, { validateStream: false }) : text
  }

  line(text = ''): void {
    this.#io.out.offer(text)
  }

  /** Says what is done, and how it went. */
  step(label: string, text: string): void {
    this.line(`${this.paint('green', '●')} ${this.paint('bold', label.padEnd(LABEL))}${text}`)
  }

  /** Says more of a step. */
  under(text: string): void {
    this.line(`${' '.repeat(LABEL + 2)}${text}`)
  }
}
