import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AgiSession, type Answer, type AskOptions, ask } from '../../src/agi/index.ts'

/** A caller who begins to press keys in a prompt, one close behind the other, and then is silent. */
class Caller {
  readonly sounds: string[] = []
  readonly #from: number
  #keys: string[]

  constructor(keys: string, from: number) {
    this.#keys = [...keys]
    this.#from = from
  }

  async streamFile(sound: string): Promise<{ digit: string | undefined }> {
    this.sounds.push(sound)
    return { digit: this.#presses ? this.#keys.shift() : undefined }
  }

  // channel.c:ast_readstring_full
  async getData(sound: string | undefined, { maxDigits }: { maxDigits: number }) {
    if (sound !== undefined) this.sounds.push(sound)
    let digits = ''
    while (this.#presses && this.#keys.length > 0) {
      const key = this.#keys.shift() as string
      if (key === '#') return { digits, timedOut: false }
      digits += key
      if (digits.length === maxDigits) return { digits, timedOut: false }
    }
    return { digits, timedOut: true }
  }

  get #presses(): boolean {
    return this.sounds.length > this.#from
  }
}

type How = Required<Pick<AskOptions, 'attempts' | 'min' | 'max' | 'terminator'>> & {
  readonly cancel: string
  readonly valid: (digits: string) => boolean
}

/** What such a caller answers, as the options' comments say it: the keys one by one, and no command. */
function expected(keys: string, from: number, prompts: number, how: How): Answer {
  const { attempts, min, max, terminator, cancel, valid } = how
  let rest = keys
  let heard = 0
  let why: 'silence' | 'invalid' = 'silence'
  for (let attempt = 0; attempt < attempts; attempt++) {
    heard += prompts + (attempt > 0 ? 1 : 0)
    let digits = ''
    let ended = false
    while (heard > from && rest !== '' && !ended) {
      const key = rest.charAt(0)
      rest = rest.slice(1)
      if (key === terminator) ended = true
      else digits += key
      if (digits.length === max || (key === cancel && digits.length === 1)) ended = true
    }
    if (digits.includes(cancel)) return { digits: undefined, why: 'cancelled' }
    const silent = digits === '' && !ended
    if (!silent && digits.length >= min && valid(digits)) return { digits }
    why = silent ? 'silence' : 'invalid'
  }
  return { digits: undefined, why }
}

test('whichever prompt a caller begins to press in, no key is lost and none is invented', async () => {
  const key = fc.constantFrom('1', '2', '3', '*', '#')
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: key, maxLength: 12 }),
      fc.nat(8),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(3),
      fc.nat(3),
      fc.constantFrom('#' as const, false as const),
      fc.boolean(),
      fc.constantFrom(undefined, 500),
      async (keys, from, prompts, attempts, min, more, terminator, even, between) => {
        const max = Math.max(1, min + more)
        const valid = (digits: string) => !even || digits.length % 2 === 0
        const how = { attempts, min, max, terminator, cancel: '*', valid, onInvalid: 'wrong', onSilence: 'silent' }
        const caller = new Caller(keys, from)
        const call = caller as unknown as AgiSession
        const sounds = Array.from({ length: prompts }, (_, n) => `prompt${n}`)
        const answer = await ask(call, sounds, { ...how, between })
        assert.deepEqual(answer, expected(keys, from, prompts, how))
      },
    ),
    { numRuns: 1_000 },
  )
})
