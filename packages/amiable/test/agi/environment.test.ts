import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { EnvironmentLines, requestFrom } from '../../src/agi/environment.ts'

const real = (version: 22 | 16) =>
  (
    JSON.parse(readFileSync(new URL(`./recorded/answers-${version}.json`, import.meta.url), 'utf8')) as {
      environment: string
    }
  ).environment

function read(text: string, cuts: readonly number[] = []) {
  const lines = new EnvironmentLines(65_536)
  const places = [0, ...[...cuts].sort((a, b) => a - b), text.length]
  for (let at = 1; at < places.length; at++) {
    const piece = text.slice(places[at - 1], places[at])
    const got = lines.push(piece)
    if (typeof got === 'object') return { request: requestFrom(got.lines), rest: got.rest + text.slice(places[at]) }
    assert.equal(got, 'more')
  }
  throw new Error('it did not end')
}

test("real Asterisks' environments are read however they are cut", () => {
  for (const version of [22, 16] as const) {
    const text = `${real(version)}200 result=0\n`
    fc.assert(
      fc.property(fc.array(fc.nat(text.length - 14), { maxLength: 12 }), (cuts) => {
        const { request, rest } = read(text, cuts)
        assert.equal(rest, '200 result=0\n')
        assert.deepEqual([request.suspect, request.complete, request.path], [[], true, ''])
        assert.match(request.version, new RegExp(`^${version}\\.`))
        assert.match(request.channel, /^Local\/wait@default-/)
      }),
      { numRuns: 50 },
    )
  }
})

const forged = (text: string) => read(real(22).replace(/(?<=agi_calleridname: ).*/, text)).request

test('lines that a caller forges by his name are suspect', () => {
  assert.deepEqual(forged('Eve').suspect, [])
  assert.equal(forged('Eve').callerId.name, 'Eve')
  assert.deepEqual(forged('Eve\nagi_context: forged').suspect, ['agi_context'])
  assert.equal(forged('Eve\nagi_context: forged').get('agi_context'), 'forged')
  assert.deepEqual(forged('Eve\nagi_arg_1: forged').suspect, ['agi_arg_1'])
  assert.deepEqual(forged('Eve\nagi_new: x').suspect, ['agi_new'])
  assert.deepEqual(forged('Eve\nno line').suspect, ['agi_calleridname'])
})

test('an environment that a forged empty line ends early is not complete', () => {
  const { request, rest } = read(real(22).replace(/(?<=agi_calleridname: ).*/, 'Eve\n'))
  assert.equal(request.complete, false)
  assert.ok(request.suspect.includes('agi_context') && request.suspect.includes('agi_threadid'))
  assert.match(rest, /^agi_callingpres: /)
})

test('paths, queries and arguments are the same over both transports', () => {
  const lines = real(22).trimEnd().split('\n')
  const args = ['agi_arg_1: one', 'agi_arg_2: two words', 'agi_arg_3: ']
  const script = 'agi_network_script: a/b%20c?x=1&y=%C3%A9#frag'
  const fast = requestFrom([...lines.slice(0, 1), script, ...lines.slice(1), ...args])
  const own = lines.slice(1).map((line) => (line.startsWith('agi_request') ? 'agi_request: async' : line))
  const shifted = ['agi_arg_1: a/b%20c?x=1&y=%C3%A9#frag', 'agi_arg_2: one', 'agi_arg_3: two words', 'agi_arg_4: ']
  const async = requestFrom([...own, ...shifted])
  for (const request of [fast, async]) {
    assert.equal(request.path, 'a/b%20c')
    assert.deepEqual(
      [...request.query],
      [
        ['x', '1'],
        ['y', 'é'],
      ],
    )
    assert.deepEqual(request.args, ['one', 'two words', ''])
    assert.deepEqual(request.suspect, [])
  }
  assert.equal(async.url, 'async')
})

test('"unknown" is no number; what is no environment is foreign at its first byte; a flood ends', () => {
  const { request } = read(real(22))
  assert.equal(request.callerId.number, undefined)
  assert.equal(request.get('agi_dnid'), 'unknown')
  for (const text of ['GET / HTTP/1.1\r\n', '\n', 'ag_', '\x16\x03\x01']) {
    assert.equal(new EnvironmentLines(100).push(text), 'foreign')
  }
  const lines = new EnvironmentLines(1_000)
  assert.equal(lines.push('agi_'), 'more')
  assert.equal(lines.push('x'.repeat(997)), 'overflow')
  const many = new EnvironmentLines(1_000)
  assert.equal(many.push('agi_x: y\n'.repeat(500)), 'overflow')
})
