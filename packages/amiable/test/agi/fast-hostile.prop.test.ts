// Whatever a peer says, and however it is cut: every command settles, and the session ends with its connection.
import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { type AgiSession, serveAgi } from '../../src/agi/index.ts'
import { ManualClock } from '../../src/testing/index.ts'
import { ENVIRONMENT } from './asterisk-peer.ts'

const PIECES = [
  '200 result=0\n',
  '200 result=1 (v)\n',
  '200 result=-1\n',
  '200 result=-1 (hangup) endpos=9\n',
  '200 result=1 (a\n',
  'b)\n',
  '200 result=1 x (y\n',
  '200 result=',
  '0\n',
  '100 result=0 Trying...\n',
  '510 Invalid or unknown command\n',
  '511 Command Not Permitted on a dead channel or intercept routine\n',
  '520-Invalid\nuse\n520 End of proper usage.\n',
  '520-x\n',
  'HANGUP\n',
  'HANG',
  'UP\n',
  'garbage\n',
  '\n',
  'x'.repeat(700),
]

const COMMANDS: ((call: AgiSession) => Promise<unknown>)[] = [
  (call) => call.answer(),
  (call) => call.getVariable('A'),
  (call) => call.getFullVariable('x'),
  (call) => call.streamFile('a'),
  (call) => call.getData('b'),
  (call) => call.exec('Dial', ['x']),
  (call) => call.gosub('a', 'b', 1),
  (call) => call.recordFile('a', { format: 'wav' }),
  (call) => call.databaseGet('a', 'b'),
  (call) => call.continueAt({ context: 'a', exten: 'b' }),
  (call) => call.command(['NOOP']),
]

/** A peer that says the next of its words for each line, tells a fence's answer where it is to, and then is gone. */
function peerOf(words: readonly (readonly string[])[], answersFences: boolean): Duplex {
  let at = 0
  const stream: Duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      const token = /^GET FULL VARIABLE "([a-z0-9]{16})"\n$/.exec(String(chunk))?.[1]
      const said = token !== undefined && answersFences ? [`200 result=1 (${token})\n`] : words[at++]
      setImmediate(() => {
        // in one segment or in several
        const pieces = said?.length === 3 ? [said.join('')] : (said ?? [])
        for (const piece of pieces) if (!stream.readableEnded && !stream.destroyed) stream.push(piece)
        if (said === undefined) stream.push(null)
      })
      done()
    },
    final(done) {
      done()
      setImmediate(() => stream.push(null))
    },
  })
  stream.push(ENVIRONMENT)
  return stream
}

test('whatever a peer says, every command settles', async () => {
  const words = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(words, { maxLength: 12 }),
      fc.array(fc.nat(COMMANDS.length - 1), { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (said, commands, answersFences) => {
        let settled = 0
        const handler = async (call: AgiSession) => {
          const all = commands.map((at) =>
            COMMANDS[at]?.(call).then(
              () => settled++,
              () => settled++,
            ),
          )
          await Promise.race([
            Promise.all(all),
            new Promise((resolve) => call.signal.addEventListener('abort', resolve)),
          ])
        }
        let over = false
        const options = { clock: new ManualClock(), limits: { line: 2_000 }, onHandlerError: () => {} }
        const peer = peerOf(said, answersFences)
        void serveAgi(peer, handler, options).finally(() => {
          over = true
        })
        const ended = async (turns: number) => {
          for (let n = 0; n < turns && !over; n++) await turn()
        }
        await ended(60)
        // one that has said what is no answer, and waits
        if (!peer.readableEnded && !peer.destroyed) peer.push(null)
        await ended(20)
        assert.deepEqual([over, settled], [true, commands.length])
      },
    ),
    {
      numRuns: 300,
      examples: [[[['100 result=0 Trying...\n', 'garbage\n', 'garbage\n']], [6, 1], true]],
    },
  )
})
