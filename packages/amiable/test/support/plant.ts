import type { SeededRandom } from '../../src/testing/time/seeded-random.ts'

const words = 'secret password passwd pass pwd token pin key auth credential apikey passphrase md5secret'.split(' ')
const before = ['', 'my_', 'X-', 'sip.', 'DB_', 'vm', 'user-', '__', '/users/frank/']
const behind = ['', '2', '_old', '-1', 'Value']

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
// what may stand in the middle of a secret where nothing encodes it
export const signs = [
  '',
  '',
  '-',
  '_',
  '.',
  '$',
  '#',
  '+',
  '/',
  '=',
  '*',
  '~',
  '^',
  ':',
  '!',
  '%',
  '(',
  '[',
  '{',
  ' ',
  ',',
]

/** Makes secrets, and what is none, and knows them all. */
export class Plant {
  readonly #random: SeededRandom
  /** The parts of what was planted: nowhere may one of them be. */
  readonly secrets: string[] = []
  /** What is no secret, and must be there. */
  readonly witnesses: string[] = []

  constructor(random: SeededRandom) {
    this.#random = random
  }

  pick<T>(list: readonly T[]): T {
    return this.#random.pick(list)
  }

  #part(length: number): string {
    return Array.from({ length }, () => letters[this.#random.integer(0, letters.length - 1)]).join('')
  }

  /** A secret of two parts that can be told from all else, with a sign between them. */
  secret(between: readonly string[] = signs): string {
    const [one, two] = [this.#part(9), this.#part(9)]
    this.secrets.push(one, two)
    return one + this.pick(between) + two
  }

  /** A number that a phone can type. */
  number(): string {
    const number = `7${String(this.#random.integer(0, 99_999_999)).padStart(8, '0')}`
    this.secrets.push(number)
    return number
  }

  witness(): string {
    const text = `w${this.#part(8)}`
    this.witnesses.push(text)
    return text
  }

  name(): string {
    let name = this.pick(before) + this.pick(words) + this.pick(behind)
    const style = this.#random.integer(0, 3)
    if (style === 0) name = name.replace('Value', '_value').toUpperCase()
    if (style === 1) name = name.replace(/[_-](.)/g, (_, one: string) => one.toUpperCase())
    return name
  }

  /** A name as a variable has it. */
  variable(): string {
    return this.name().replace(/[^\w]/g, '_')
  }
}
