// A program that runs beside the demo.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

const PATIENCE = 60_000

/** A program that runs, and what it has said. */
export class Running {
  readonly ended: Promise<number | null>
  onLine: (line: string) => void = () => {}
  onErrorLine: (line: string) => void = () => {}
  readonly #child: ChildProcess
  readonly #signal: AbortSignal
  #said = ''
  #isOver = false
  #looks = new Set<() => void>()

  constructor(child: ChildProcess, signal: AbortSignal) {
    this.#child = child
    this.#signal = signal
    this.#read(child.stdout, (line) => this.onLine(line))
    this.#read(child.stderr, (line) => this.onErrorLine(line))
    this.ended = new Promise((resolve) => {
      const end = (code: number | null) => {
        this.#isOver = true
        this.#look()
        resolve(code)
      }
      child.once('error', ({ message }) => {
        this.#said += message
        end(null)
      })
      child.once('close', end)
    })
  }

  /** Waits until it has said a text. Returns all that it has said. */
  async says(text: string): Promise<string> {
    await this.sees(() => this.#said.includes(text))
    return this.#said
  }

  /** Waits until something is true after what it said. */
  async sees(test: () => boolean): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE)
    const look = () => this.#look()
    this.#signal.addEventListener('abort', look)
    late.addEventListener('abort', look)
    try {
      while (!test()) {
        this.#signal.throwIfAborted()
        if (this.#isOver || late.aborted) throw new Error(`a program ended or was late, and had said:\n${this.#said}`)
        await new Promise<void>((resolve) => this.#looks.add(resolve))
      }
    } finally {
      this.#signal.removeEventListener('abort', look)
      late.removeEventListener('abort', look)
    }
  }

  async kill(): Promise<void> {
    if (this.#isOver) return
    const gone = once(this.#child, 'close')
    this.#child.kill('SIGKILL')
    await gone
  }

  #read(stream: ChildProcess['stdout'], take: (line: string) => void): void {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) take(line)
      this.#look()
    })
  }

  #look(): void {
    const looks = [...this.#looks]
    this.#looks.clear()
    for (const look of looks) look()
  }
}
