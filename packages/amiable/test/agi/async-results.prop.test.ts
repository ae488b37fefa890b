import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AsyncResults, type Expected } from '../../src/agi/async-results.ts'

interface Command extends Expected {
  readonly answer: string
}

/** The pipe and the event of launch_asyncagi, written from res_agi.c and main/utils.c:ast_uri_encode. Texts are bytes. */
class Pipe {
  #bytes = ''

  carryOut(answer: string): string {
    this.#bytes += answer
    const read = this.#bytes.slice(0, 1_024)
    this.#bytes = this.#bytes.slice(1_024)
    let out = ''
    for (const byte of read) {
      if (out.length >= 2_047) break
      if (/[A-Za-z0-9\-_.!~*'()]/.test(byte)) out += byte
      else {
        if (out.length >= 2_048 - 3) break
        out += `%${byte.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`
      }
    }
    return out
  }
}

/** What each command is given, with fences wherever the bytes are out of step and nothing else is under way. */
function run(commands: readonly Command[], batch: number): Map<Command, string | undefined> {
  const pipe = new Pipe()
  const results = new AsyncResults<Command>()
  const given = new Map<Command, string | undefined>()
  const take = (command: Command) => {
    for (const [one, text] of results.take(command, pipe.carryOut(command.answer))) given.set(one, text)
  }
  for (let at = 0; at < commands.length; at += batch) {
    for (const command of commands.slice(at, at + batch)) take(command)
    for (let fence = 0; !results.inStep; fence++) {
      assert.ok(fence < 300, 'it never comes into step')
      take({ expects: 'value', token: `t${fence}`, answer: `200 result=1 (t${fence})\n` })
    }
  }
  return given
}

const plain = fc.constantFrom(
  '200 result=0\n',
  '200 result=-1 endpos=0\n',
  '510 Invalid or unknown command\n',
  '100 result=0 Trying...\n200 result=0 Gosub complete\n',
  '520-Invalid command syntax.  Proper usage follows:\nusage\n\n520 End of proper usage.\n',
)
const valueIn = (unit: fc.Arbitrary<string>, most: number) =>
  fc.string({ unit, maxLength: most }).map((value) => `200 result=1 (${value})\n`)
const letters = fc.constantFrom('a', 'b', '(', ')', '.', '\n')
const commandOf = (answer: string): Command => ({
  expects: answer.startsWith('200 result=1 (') ? 'value' : 'plain',
  answer,
})

test('each command gets its own answer, however long the values before it', () => {
  const long = fc.integer({ min: 990, max: 5_000 }).map((length) => `200 result=1 (${'x'.repeat(length)})\n`)
  const some = fc.array(fc.oneof(plain, valueIn(letters, 40), long), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 16 }), (answers, batch) => {
      const commands = answers.map(commandOf)
      const given = run(commands, batch)
      for (const command of commands) assert.equal(given.get(command), command.answer)
    }),
  )
})

test('an answer whose encoding Asterisk cut is lost, and those at most that share an event with its rest; none is wrong', () => {
  const odd = fc.constantFrom('\xc3', '\xa9', ' ', '%', 'x')
  const lossy = fc
    .integer({ min: 700, max: 4_000 })
    .map((length) => `200 result=1 (${'\xc3\xa9'.repeat(length / 2)})\n`)
  const some = fc.array(fc.oneof(plain, valueIn(odd, 30), lossy), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 16 }), (answers, batch) => {
      const commands = answers.map(commandOf)
      const given = run(commands, batch)
      const isLossy = ({ answer }: Command) => answer.length > 700
      for (const [at, command] of commands.entries()) {
        const text = given.get(command)
        const near = commands.slice(at - (at % batch), at).some(isLossy)
        assert.ok(isLossy(command) ? text === undefined : text === command.answer || (text === undefined && near))
      }
    }),
    { verbose: 0 },
  )
})

test('a value that forges an answer behind it changes no other command’s', () => {
  const forged = '200 result=1 (a)\n200 result=1 (forged)\n'
  const [before, forging, behind] = [
    commandOf('200 result=0\n'),
    commandOf(forged),
    commandOf('200 result=1 (right)\n'),
  ]
  const given = run([before, forging, behind], 3)
  assert.deepEqual([given.get(forging), given.get(behind)], [forged, '200 result=1 (right)\n'])
})

test('a flood of bytes is dropped, and the next answers are right', () => {
  const commands = [commandOf(`200 result=1 (${'x'.repeat(200_000)})\n`), commandOf('200 result=0\n')]
  const given = run(commands, 1)
  assert.deepEqual(
    commands.map((one) => given.get(one)),
    [undefined, '200 result=0\n'],
  )
})
