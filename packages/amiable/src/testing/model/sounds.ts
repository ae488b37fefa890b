import { toWire } from '../protocol/byte-text.ts'

/** Of a file that nobody gave a length. */
const LENGTH = 1000
/** A digit, a letter or a word that Asterisk puts together. */
const SPOKEN = 400

/** The sound files there are, by name and with their length in milliseconds. */
export class Sounds {
  readonly #lengths: Map<string, number>
  readonly #all: boolean

  /** @param lengths without it there is every file, a second long */
  constructor(lengths: Readonly<Record<string, number>> | undefined) {
    this.#lengths = new Map(Object.entries(lengths ?? {}).map(([name, length]) => [toWire(name), length]))
    this.#all = lengths === undefined
  }

  /** Returns how long a file is; undefined where there is none. */
  length(name: string): number | undefined {
    return this.#lengths.get(name) ?? (this.#all && name !== '' ? LENGTH : undefined)
  }

  /** Returns how long a file is of those that `SAY` puts together; they are always there. */
  spoken(name: string): number {
    return this.#lengths.get(name) ?? SPOKEN
  }

  /** Puts a recording among them. */
  add(name: string, length: number): void {
    this.#lengths.set(name, length)
  }
}
