import type { Outcome, Round } from './job.ts'

/**
 * What one value adds to the sum. Length and two characters: cheap beside any parse, and a value that is cut, shifted
 * or wrongly decoded still shows over 49,501 events.
 */
export const mix = (h: number, value: unknown): number => {
  if (typeof value !== 'string') return Math.imul(h, 31) + 7
  const length = value.length
  if (length === 0) return Math.imul(h, 31) + 11
  return Math.imul(h, 31) + length * 257 + value.charCodeAt(length - 1) + (value.charCodeAt(length >> 1) << 4)
}

export const mix3 = (a: unknown, b: unknown, c: unknown): number => mix(mix(mix(17, a), b), c)

/** What an event without any of the three headers adds. */
export const NOTHING: number = mix3(undefined, undefined, undefined) | 0

/**
 * Counts, sums and takes the time at every mark that the server puts between two rounds. The sum is commutative, so
 * that a reader may call named listeners before or after those that want everything; order has its own check (`pairs`).
 */
export class Recorder {
  count = 0
  sum = 0
  readonly done: Promise<Outcome>
  readonly #rounds: number
  readonly #marks: Round[] = []
  #resolve!: (outcome: Outcome) => void

  constructor(rounds: number) {
    this.#rounds = rounds
    this.done = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  three(a: unknown, b: unknown, c: unknown): void {
    this.count++
    this.sum = (this.sum + mix3(a, b, c)) | 0
  }

  hit(weight: number): void {
    this.count++
    this.sum = (this.sum + weight) | 0
  }

  mark(): void {
    if (this.#marks.length > this.#rounds) return
    const { user, system } = process.cpuUsage()
    this.#marks.push({
      at: performance.now(),
      cpu: (user + system) / 1000,
      rss: process.memoryUsage.rss(),
      count: this.count,
      sum: this.sum,
    })
    this.count = 0
    this.sum = 0
    if (this.#marks.length > this.#rounds) this.#resolve(this.#outcome())
  }

  #outcome(): Outcome {
    const [start, ...rounds] = this.#marks as [Round, ...Round[]]
    const last = rounds.at(-1)!
    return {
      units: 0,
      wallMs: last.at - start.at,
      cpuMs: last.cpu - start.cpu,
      rss: this.#marks.map((mark) => mark.rss),
      count: last.count,
      sum: last.sum,
      steady: rounds.every((round) => round.count === last.count && round.sum === last.sum),
    }
  }
}
