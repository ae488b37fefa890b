/*
 * A caller without types, who passes the wrong thing everywhere. What is tried is drawn from what the packages export and
 * from the methods of what they give, so that nothing new escapes it: it needs a row in public-calls.ts.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { after, describe, test } from 'node:test'
import { inspect } from 'node:util'
import { AmiError, type ArgumentError } from 'amiable'
import { ExpectationError } from 'amiable/testing'
import { assertForm } from './argument-form.ts'
import { ENDLESS, ENTRIES, LENIENT, makeThings, publicCalls, rightArguments, WITHOUT_ROW } from './public-calls.ts'

const home = await mkdtemp(`${tmpdir()}/hurried-`)
after(() => rm(home, { recursive: true }))

const nothing = () => {}
/** What a function of the caller's own throws: it is passed on. */
const own = new Error('of the caller')
const fails = () => {
  throw own
}
const throwing = Object.defineProperties(
  {},
  Object.fromEntries(
    ['timeout', 'signal', 'Channel', 'Event', 'name', 'actions'].map((name) => [
      name,
      { get: fails, enumerable: true },
    ]),
  ),
)
class Filled {
  timeout = 5
  Channel = 'x'
}
const rejected = Promise.reject(own)
rejected.catch(nothing)

/** What is right nowhere. */
const NEVER: readonly unknown[] = [Symbol('s'), 5n, Promise.resolve({}), rejected]

const WRONG: readonly unknown[] = [
  ...NEVER,
  ...[undefined, null, true, false, 0, -1, 5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53],
  ...['', 'x', 'a\r\nAction: Logoff', '\0', '\ud800', 'x'.repeat(100_000)],
  ...[{}, Object.create(null), Object.freeze({ timeout: 5 }), throwing, new Filled(), new Proxy({}, {})],
  ...[{ timeout: Symbol('s') }, { A: Symbol('s') }, { A: {} }, { A: 5n }, { toString: 5 }, { length: 5 }],
  ...[[], [undefined], new Array(3), [null], [Symbol('s')], [{}], [[]], ['x'], [throwing]],
  ...[new Map([['A', 'x']]), new Set(['A']), new Date(Number.NaN), new URL('http://x'), Buffer.from('x'), /x/g],
  ...[new Error('x'), Object('x'), Object(5), nothing, fails, async () => {}, function* () {}, class {}],
  ...[new Proxy(nothing, {}), new AbortController(), AbortSignal.abort(own), globalThis, process.env],
]

/** An error of ours, of the caller's own function, or what the file system or a test's expectation says. */
function isUnderstood(error: unknown): boolean {
  if (error === own || AmiError.is(error) || error instanceof ExpectationError) return true
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException
  return /^E[A-Z]+$/.test(String(code)) && syscall !== undefined
}

async function tried(name: string): Promise<string[]> {
  const folder = await mkdtemp(`${home}/`)
  // what is a file's name by chance
  process.chdir(folder)
  const things = await makeThings(folder)
  const call = publicCalls(things.objects).get(name)
  assert.ok(call, `${name} is no public function any more`)
  let right: readonly unknown[]
  try {
    right = rightArguments(name, things, folder)
  } catch (missing) {
    // what stays open would keep this file from its end
    await things.close()
    throw missing
  }
  const found: string[] = []
  const pending: Promise<unknown>[] = []
  const made: unknown[] = []
  const judge = (what: string, error: unknown) => {
    if (!isUnderstood(error)) found.push(`${what}: ${inspect(error).slice(0, 400)}`)
    if ((error as ArgumentError | undefined)?.code !== 'AMI_ARGUMENT') return
    try {
      assertForm(error, what)
    } catch (problem) {
      found.push(String(problem))
    }
  }
  for (let at = 0; at < right.length; at++) {
    for (const value of WRONG) {
      const what = `${name}, argument ${at}: ${inspect(value, { depth: 0 }).slice(0, 40)}`
      const mustFail = NEVER.includes(value) && !LENIENT.has(name)
      const accepted = (one: unknown) => {
        made.push(one)
        if (mustFail) found.push(`${what} is taken`)
      }
      try {
        const result = call(...right.with(at, value))
        if (result instanceof Promise) pending.push(result.then(accepted, (error) => judge(what, error)))
        else accepted(result)
      } catch (error) {
        judge(what, error)
      }
    }
  }
  await new Promise(setImmediate)
  await Promise.all(made.map(end))
  await things.close()
  if (!ENDLESS.has(name) && !(await settled(pending))) found.push(`${name}: a promise never settles`)
  return found
}

/** Ends what a call made, whatever it is. */
async function end(one: unknown): Promise<void> {
  const { destroy, stop, close, closed } = (one ?? {}) as Record<string, unknown>
  if (typeof destroy === 'function') destroy.call(one)
  else if (typeof stop === 'function') await Promise.resolve(stop.call(one)).catch(nothing)
  else if (typeof close === 'function') await Promise.resolve(close.call(one)).catch(nothing)
  await closed
}

async function settled(promises: readonly Promise<unknown>[]): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), 60_000)
  })
  const inTime = await Promise.race([Promise.allSettled(promises).then(() => true), late])
  clearTimeout(timer)
  return inTime
}

const things = await makeThings(home)
const names = [...publicCalls(things.objects).keys()].filter((name) => !WITHOUT_ROW.some((one) => one.test(name)))
await things.close()

const overflows: Error[] = []
process.on('warning', (warning) => {
  if (warning.name === 'TimeoutOverflowWarning') overflows.push(warning)
})

describe('a hurried caller', () => {
  for (const name of names) {
    test(`${name}: what is wrong is refused with an error of ours, and every promise settles`, async () => {
      assert.deepEqual(await tried(name), [])
    })
  }

  test('every entry of the package is tried', async () => {
    const file = new URL('../../../packages/amiable/package.json', import.meta.url)
    const { exports } = JSON.parse(await readFile(file, 'utf8')) as { exports: object }
    const entries = Object.keys(exports).filter((name) => !name.endsWith('.json'))
    assert.deepEqual(Object.keys(ENTRIES).sort(), entries.sort())
  })

  test('and no timer was set to what no timer can hold, which fires at once', () => {
    assert.deepEqual(overflows, [])
  })
})
