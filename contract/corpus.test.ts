import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Decoder } from '../packages/amiable/src/wire/decoder.ts'
import { defaultLimits } from '../packages/amiable/src/wire/limits.ts'
import type { Origin } from '../packages/amiable/src/wire/message.ts'

const EVENTS = 49_501
const origin: Origin = { source: 'corpus', epoch: 1, receivedAt: 0, encoding: 'utf8' }

/** From the first Newchannel to the last blank line. */
function corpus(): Buffer {
  const whole = gunzipSync(readFileSync(new URL('./corpus/asterisk-22.ami.gz', import.meta.url)))
  return whole.subarray(whole.indexOf('Event: Newchannel'), whole.lastIndexOf('\r\n\r\n') + 4)
}

/** The plainest reading of it; TestEvent comes with a blank line too many (main/test.c:test_suite_event_cb). */
function* reference(bytes: Buffer): Generator<[name: string, value: string][]> {
  for (const block of bytes.toString('utf8').slice(0, -4).split('\r\n\r\n')) {
    yield block
      .replace(/^\r\n/, '')
      .split('\r\n')
      .map((line) => {
        const at = line.indexOf(': ')
        return [line.slice(0, at), line.slice(at + 2)]
      })
  }
}

const bytes = corpus()

for (const size of [1, 7, 1_460, 65_536]) {
  test(`the captured stream reads as a plain split reads it, in chunks of ${size} bytes`, () => {
    const expected = reference(bytes)
    let events = 0
    const decoder = new Decoder(
      {
        banner: () => {},
        message: (message) => {
          events++
          const { value: headers } = expected.next() as { value: [string, string][] }
          assert.equal(message.kind, 'event')
          assert.deepEqual(message.headers, headers)
          // and one by one, repeated ones in their order
          const [first] = headers as [[string, string]]
          assert.equal(message.title, first[1])
          assert.deepEqual(
            message.getAll('ChanVariable'),
            headers.filter(([name]) => name === 'ChanVariable').map(([, value]) => value),
          )
        },
        fault: (error) => assert.fail(error),
      },
      defaultLimits,
    )
    decoder.push(Buffer.from('Asterisk Call Manager/11.0.0\r\n'), origin)
    for (let at = 0; at < bytes.length; at += size) decoder.push(bytes.subarray(at, at + size), origin)
    assert.equal(events, EVENTS)
    assert.equal(expected.next().done, true)
    assert.equal(decoder.held, 0)
  })
}
