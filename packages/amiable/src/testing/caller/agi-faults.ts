import { checkText, checkWhole } from '../../check.ts'
import type { Fault } from '../faults/rule.ts'

/** The faults of a simulated AGI caller. Each returns what switches it off again. */
export class AgiFaults {
  readonly #on: Record<'splitAt' | 'silent', Switch[]> = { splitAt: [], silent: [] }
  readonly #behind: Switch[] = []
  readonly #fast: boolean
  readonly #refuse: (method: string) => never
  readonly #hangup: () => void

  /** Use {@link callAgi}. */
  constructor(fast: boolean, hangup: () => void, refuse: (method: string) => never) {
    this.#fast = fast
    this.#hangup = hangup
    this.#refuse = refuse
  }

  /**
   * Cuts every answer after so many bytes. The rest comes in a segment of its own.
   * @throws {ArgumentError} if the call uses AsyncAGI, where answers are events
   */
  splitAt(bytes: number): Fault {
    checkWhole('bytes', bytes, 1)
    if (!this.#fast) this.#refuse('splitAt')
    return this.#add(this.#on.splitAt, bytes)
  }

  /** Hangs up as soon as a command such as `STREAM FILE` is answered: `HANGUP` comes in the same segment. */
  hangupBehind(command: string): Fault {
    checkText('command', command, "a command's name")
    return this.#add(this.#behind, command.toUpperCase())
  }

  /** Reads no further command, as an Asterisk that hangs. The command in progress is answered. */
  silent(): Fault {
    return this.#add(this.#on.silent, true)
  }

  /** @internal Where answers are cut. */
  get cut(): number | undefined {
    const fault = this.#on.splitAt.at(-1)
    return fault === undefined ? undefined : fault.use<number>()
  }

  /** @internal Whether no command is read. */
  get isSilent(): boolean {
    return this.#on.silent.length > 0
  }

  /** @internal Whether a hangup must come in one segment with an answer. */
  get together(): boolean {
    return this.#behind.length > 0
  }

  /** @internal A command was answered. */
  answered(line: string): void {
    const words = `${line.toUpperCase()} `
    const fault = this.#behind.find((one) => words.startsWith(`${one.value} `))
    if (fault === undefined) return
    fault.use()
    this.#hangup()
  }

  #add(list: Switch[], value: unknown): Fault {
    const fault = new Switch(value, () => {
      const at = list.indexOf(fault)
      if (at !== -1) list.splice(at, 1)
    })
    list.push(fault)
    return fault
  }
}

class Switch implements Fault {
  readonly value: unknown
  readonly off: () => void
  hits = 0

  constructor(value: unknown, off: () => void) {
    this.value = value
    this.off = off
  }

  use<T>(): T {
    this.hits++
    return this.value as T
  }

  [Symbol.dispose](): void {
    this.off()
  }
}
