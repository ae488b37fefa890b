import type { SourceEvent } from '../../../src/state/index.ts'
import { type Peek, PLACES } from '../../../src/util/peek.ts'
import { SIZE } from '../../../src/util/size.ts'
import { hashOfBytes, numberAtEndOf } from '../../../src/util/slots.ts'

/** Draws from a tape of numbers; past its end it draws 0. */
export class Tape {
  #numbers: readonly number[]
  #at = 0

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers
  }

  get over(): boolean {
    return this.#at >= this.#numbers.length
  }

  below(most: number): number {
    return (this.#numbers[this.#at++] ?? 0) % most
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.below(Math.max(1, from.length))]
  }
}

/** The headers of a message by name. */
export type Headers = Readonly<Record<string, string>>

/** A message as a fold reads one. */
export class Message implements SourceEvent {
  readonly Event: string
  readonly serial: number
  readonly epoch: number
  readonly receivedAt: number
  readonly actionId: string | undefined
  readonly headers: Headers

  constructor(name: string, headers: Headers, where: { serial: number; epoch: number; at: number; actionId?: string }) {
    this.Event = name
    this.headers = headers
    this.serial = where.serial
    this.epoch = where.epoch
    this.receivedAt = where.at
    this.actionId = where.actionId
  }

  get [SIZE](): number {
    return Object.entries(this.headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  }

  get(name: string): string | undefined {
    return this.headers[name]
  }

  /** Every second one is read by places. */
  get [PLACES](): Peek | undefined {
    if (this.serial % 2 === 0) return undefined
    const bytesOf = (name: string) => Buffer.from(this.get(name) ?? '')
    return {
      read: (name) => this.get(name),
      number: (name) => (/^\d{1,15}$/.test(this.get(name) ?? '') ? Number(this.get(name)) : -1),
      numberAtEnd: (name, base) => numberAtEndOf(bytesOf(name), 0, bytesOf(name).length, base),
      hash: (name) => hashOfBytes(bytesOf(name), 0, bytesOf(name).length),
    }
  }
}

/** An event that has been published and not been delivered. */
export interface Published {
  readonly name: string
  readonly headers: Headers
}

/** In an order of their own. */
export function sorted<T>(all: readonly T[]): T[] {
  return all.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
