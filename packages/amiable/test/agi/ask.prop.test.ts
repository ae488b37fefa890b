import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AgiSession, type Answer, type AskOptions, ask } from '../../src/agi/index.ts'

interface Key {
  readonly key: string
  readonly at: number
}

// how long each sound is, in milliseconds
const SOUND = 1_000

/** A caller who presses keys at certain times, in an Asterisk whose commands follow each other without a gap. */
class Caller {
  now = 0
  #keys: Key[]

  constructor(keys: readonly Key[]) {
    this.#keys = [...keys]
  }

  async streamFile(): Promise<{ digit: string | undefined }> {
    return { digit: this.#within(SOUND) }
  }

  async waitForDigit(timeout: number): Promise<string | undefined> {
    return this.#within(timeout)
  }

  // app.c:ast_app_getdata_full, channel.c:ast_readstring_full
  async getData(sound: string | undefined, { timeout, maxDigits }: { timeout: number; maxDigits: number }) {
    let key = sound === undefined ? undefined : this.#within(SOUND)
    let digits = ''
    for (let wait = timeout || 6_000; ; wait = timeout || 2_000) {
      key ??= this.#within(wait)
      if (key === undefined) return { digits, timedOut: true }
      if (key === '#') return { digits, timedOut: false }
      digits += key
      if (digits.length === maxDigits) return { digits, timedOut: false }
      key = undefined
    }
  }

  /** The next key, if it is pressed within so many milliseconds; otherwise they pass. */
  #within(time: number): string | undefined {
    const [next] = this.#keys
    if (next === undefined || next.at >= this.now + time) {
      this.now += time
      return undefined
    }
    this.#keys.shift()
    this.now = next.at
    return next.key
  }
}

type How = Required<Pick<AskOptions, 'attempts' | 'min' | 'max' | 'terminator' | 'timeout' | 'between'>> & {
  readonly cancel: string
  readonly valid: (digits: string) => boolean
}

/** What such a caller answers and when, as the options' comments say it: keys and times, and no command. */
function expected(keys: readonly Key[], prompts: number, how: How): [answer: Answer, now: number] {
  const { attempts, min, max, terminator, cancel, valid, timeout, between } = how
  const left = [...keys]
  let now = 0
  let why: 'silence' | 'invalid' = 'silence'
  for (let attempt = 0; attempt < attempts; attempt++) {
    let digits = ''
    let ended = false
    // one more sound before each further attempt
    let until = now + (prompts + Math.min(attempt, 1)) * SOUND + timeout
    while (!ended && left[0] !== undefined && left[0].at < until) {
      const { key, at } = left.shift() as Key
      if (key === terminator) ended = true
      else digits += key
      // a # ends a command of Asterisk's in any case, and then it is seen that the caller has cancelled
      if (digits.length === max || digits === cancel || (key === '#' && digits.includes(cancel))) ended = true
      now = at
      until = at + between
    }
    if (!ended) now = until
    if (digits.includes(cancel)) return [{ digits: undefined, why: 'cancelled' }, now]
    const silent = digits === '' && !ended
    if (!silent && digits.length >= min && valid(digits)) return [{ digits }, now]
    why = silent ? 'silence' : 'invalid'
  }
  return [{ digits: undefined, why }, now]
}

test('whenever a caller presses which keys, none is lost, none is invented, and each wait is as long as it says', async () => {
  const key = fc.constantFrom('1', '2', '3', '*', '#')
  const gap = fc.oneof(fc.nat(600), fc.nat(2_500), fc.nat(9_000))
  const ms = fc.constantFrom(undefined, 500, 2_000, 6_000)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(key, gap), { maxLength: 12 }),
      fc.record({
        prompts: fc.array(fc.constantFrom('sound', { pause: SOUND }), { maxLength: 3 }),
        attempts: fc.integer({ min: 1, max: 4 }),
        min: fc.nat(3),
        more: fc.nat(3),
        terminator: fc.constantFrom('#' as const, false as const),
        cancel: fc.constantFrom(undefined, '*'),
        even: fc.boolean(),
        timeout: ms,
        between: ms,
      }),
      async (presses, { prompts, attempts, min, more, terminator, cancel, even, timeout, between }) => {
        let at = 0
        const keys = presses.map(([one, after]): Key => {
          at += after
          return { key: one, at }
        })
        const max = Math.max(1, min + more)
        const valid = (digits: string) => !even || digits.length % 2 === 0
        const how = { attempts, min, max, terminator, valid, onInvalid: 'wrong', onSilence: 'silent' }
        const caller = new Caller(keys)
        const call = caller as unknown as AgiSession
        const answer = await ask(call, prompts, { ...how, timeout, between, cancel })
        const times = { timeout: timeout ?? 6_000, between: between ?? timeout ?? 2_000 }
        assert.deepEqual(
          [answer, caller.now],
          expected(keys, prompts.length, { ...how, ...times, cancel: cancel ?? 'none' }),
        )
      },
    ),
    { numRuns: 2_000 },
  )
})
