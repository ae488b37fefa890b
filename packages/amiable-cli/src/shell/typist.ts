// A shell on a terminal: its lines, its history, and Tab.

import type { Io } from '../io.ts'
import { visible } from '../output/visible.ts'
import { completeLine, type Sources } from './complete-line.ts'
import { History, isKept } from './history.ts'
import { LineEditor } from './line-editor.ts'
import { LiveNames } from './live-names.ts'
import type { Shell } from './shell.ts'

export interface TypistOptions {
  /** The file of the history. */
  readonly history: string
  readonly verbs: readonly string[]
  readonly complete: (words: readonly string[]) => Promise<readonly string[]>
  readonly contexts: () => readonly string[]
}

/** Reads what somebody types, and runs it. */
export class Typist {
  readonly #io: Io
  readonly #shell: Shell
  readonly #history: History
  readonly #editor: LineEditor

  constructor(io: Io, shell: Shell, { history, verbs, complete, contexts }: TypistOptions) {
    this.#io = io
    this.#shell = shell
    this.#history = new History(history)
    const sources: Sources = {
      names: new LiveNames(() => shell.connection?.client),
      verbs,
      verb: complete,
      contexts,
    }
    this.#editor = new LineEditor(io, this.#history.lines, (line) => completeLine(line, sources))
  }

  /** Writes text above what is being typed. */
  above(text: string, done: () => void): void {
    this.#editor.above(text, done)
  }

  /** Shows the prompt as it is by now. */
  show(): void {
    this.#editor.prompt = this.#shell.prompt
  }

  /** Reads and runs lines until somebody leaves. */
  async run(): Promise<void> {
    const { signal, err } = this.#io
    const close = () => this.#editor.close()
    signal.addEventListener('abort', close, { once: true })
    try {
      let said: string | undefined
      for (;;) {
        const { problem } = this.#history
        if (problem !== said) await err.line(`amiable: ${visible(problem ?? '')}`)
        said = problem
        const line = await this.#editor.read(this.#shell.prompt)
        if (line === undefined || signal.aborted) return
        this.#history.add(line)
        this.#editor.forget((one) => isKept(one))
        if ((await this.#shell.run(line)) === undefined) return
      }
    } finally {
      signal.removeEventListener('abort', close)
      close()
      this.#history.close()
    }
  }
}
