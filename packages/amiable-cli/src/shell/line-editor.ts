// Lines that somebody types on a terminal: with Tab, with a history that ^R searches, and with text that comes
// above them. All output goes through the writer that never blocks: readline itself would write to `process.stdout`.
import { clearScreenDown, cursorTo, moveCursor } from 'node:readline'
import { type REPLServer, start } from 'node:repl'
import { PassThrough, Writable } from 'node:stream'
import { stopGroup } from '../context/stop.ts'
import type { Io } from '../io.ts'

/** Completes a line: the candidates, and the part of the line that they replace. */
export type Completer = (line: string) => Promise<[candidates: string[], replaced: string]>

interface Entered {
  readonly line: string
  /** Lets the editor show its prompt. */
  readonly done: () => void
}

/** The keys of the terminal, as long as the editor has them. */
class Keys extends PassThrough {
  readonly isTTY = true
  setRawMode(on: boolean): this {
    if (!process.stdin.destroyed) process.stdin.setRawMode(on)
    return this
  }
}

/** The terminal as readline needs it. */
class Screen extends Writable {
  readonly isTTY = true
  readonly #io: Io

  constructor(io: Io) {
    super({
      decodeStrings: false,
      write: (text, _encoding, done) => {
        io.out.offerText(String(text))
        done()
      },
    })
    this.#io = io
  }

  get columns(): number {
    return this.#io.columns() ?? 80
  }

  get rows(): number {
    return this.#io.rows() ?? 24
  }
}

/** What its types do not name of readline. */
type Lines = REPLServer & { history: string[]; prevRows: number; clearLine(): void }

/** Reads lines from a terminal. */
export class LineEditor {
  readonly #io: Io
  readonly #repl: Lines
  readonly #keys = new Keys()
  readonly #screen: Screen
  #entered: Entered[] = []
  #last: Entered | undefined
  #waiting: ((line: string | undefined) => void) | undefined
  #isAtPrompt = false
  #isSearching = false
  #isOver = false
  #held: (() => void)[] = []

  constructor(io: Io, history: readonly string[], complete: Completer) {
    this.#io = io
    this.#screen = new Screen(io)
    const options = {
      input: this.#keys,
      output: this.#screen,
      prompt: '',
      terminal: true,
      useColors: false,
      useGlobal: true,
      preview: false,
      ignoreUndefined: true,
      historySize: HISTORY,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        void complete(line).then(
          (found) => done(null, found),
          () => done(null, [[], line]),
        )
      },
      eval: (text: string, _context: unknown, _file: string, done: (error: null, value: undefined) => void) => {
        this.#enter({ line: text.replace(/\n$/, ''), done: () => done(null, undefined) })
      },
    }
    this.#repl = start(options as never) as Lines
    // those of JavaScript: .load, .editor and others
    for (const name of Object.keys(this.#repl.commands)) delete (this.#repl.commands as Record<string, unknown>)[name]
    this.#repl.history = [...history].reverse()
    this.#repl.removeAllListeners('SIGINT')
    this.#repl.on('SIGINT', () => {
      this.#screen.write('^C')
      this.#repl.clearLine()
      this.#repl.prompt()
    })
    this.#repl.on('SIGTSTP', () => this.#stop())
    this.#repl.on('close', () => this.#end())
    process.stdin.on('data', this.#take)
    process.stdin.pause()
    process.stdin.on('end', this.#end)
    process.stdin.on('error', this.#end)
    process.stdout.on('resize', this.#resize)
  }

  /** Resolves with the next line; `undefined` when there is none any more: ^D, or a terminal that was closed. */
  read(prompt: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#waiting = resolve
      this.#repl.setPrompt(prompt)
      const next = this.#entered.shift()
      if (this.#isOver) return this.#end()
      if (next !== undefined) return this.#give(next)
      this.#isAtPrompt = true
      process.stdin.setRawMode(true)
      process.stdin.resume()
      const last = this.#last
      this.#last = undefined
      if (last === undefined) this.#repl.prompt()
      else last.done()
    })
  }

  /** Takes lines out of the history that are not to be there. */
  forget(isKept: (line: string) => boolean): void {
    this.#repl.history = this.#repl.history.filter(isKept)
  }

  /** Shows another prompt, also while somebody types. */
  set prompt(prompt: string) {
    this.#repl.setPrompt(prompt)
    if (this.#isAtPrompt && !this.#isSearching) this.#repl.prompt(true)
  }

  /** Writes complete lines above what is being typed. `done` is called when there is room for more. */
  above(text: string, done: () => void): void {
    if (this.#isSearching) {
      this.#held.push(() => this.above(text, done))
      return
    }
    const show = this.#isAtPrompt
    if (show) {
      cursorTo(this.#screen, 0)
      moveCursor(this.#screen, 0, -this.#repl.getCursorPos().rows)
      clearScreenDown(this.#screen)
      this.#repl.prevRows = 0
    }
    const room = this.#io.out.line(text.replace(/\n$/, ''))
    if (show) this.#repl.prompt(true)
    if (room === undefined) done()
    else void room.then(done)
  }

  close(): void {
    process.stdin.off('data', this.#take)
    process.stdin.off('end', this.#end)
    process.stdin.off('error', this.#end)
    process.stdin.on('error', () => {})
    process.stdout.off('resize', this.#resize)
    this.#repl.close()
    this.#leave()
  }

  #take = (bytes: Buffer): void => {
    if (!this.#isAtPrompt) return
    // ^R begins a search, and any control character but those that go on with one ends it
    for (const byte of bytes) {
      if (byte === SEARCH) this.#isSearching = true
      else if (byte < 0x20 && byte !== SEARCH_FORTH) this.#isSearching = false
    }
    this.#keys.write(bytes)
    if (!this.#isSearching) for (const next of this.#held.splice(0)) setImmediate(next)
  }

  #resize = (): void => {
    this.#screen.emit('resize')
  }

  #enter(entered: Entered): void {
    this.#leave()
    if (this.#waiting === undefined) this.#entered.push(entered)
    else this.#give(entered)
  }

  #give(entered: Entered): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#last = entered
    waiting?.(entered.line)
  }

  #end = (): void => {
    this.#isOver = true
    this.#leave()
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.(undefined)
  }

  /** Gives the terminal to what the line runs. */
  #leave(): void {
    this.#isAtPrompt = false
    this.#isSearching = false
    for (const next of this.#held.splice(0)) setImmediate(next)
    process.stdin.pause()
    try {
      process.stdin.setRawMode(false)
    } catch {
      // the terminal is gone
    }
  }

  #stop(): void {
    process.stdin.setRawMode(false)
    void stopGroup().then(() => {
      if (!this.#isAtPrompt) return
      process.stdin.setRawMode(true)
      this.#repl.prompt(true)
    })
  }
}

const HISTORY = 1_000
const SEARCH = 0x12
const SEARCH_FORTH = 0x13
