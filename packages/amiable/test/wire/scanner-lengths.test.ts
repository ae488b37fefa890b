// How long the value of a line was last is what the pass over the bytes foresees of the next one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Scanner } from '../../src/wire/scanner.ts'
import { bytes } from '../support/decode.ts'
import { nothingToScanWith } from '../support/scan.ts'

const event = (line: string) => `Event: Hangup\r\nChannel: ${line}Cause-txt: Normal\r\n\r\n`

/** What a scan finds of the channels of events. */
function channelsIn(scanner: Scanner, text: string): string[] {
  scanner.inbox.set(bytes(text))
  scanner.begin({}, text.length, 'latin1')
  scanner.scan(scanner.first, scanner.first + text.length)
  const channels: string[] = []
  while (scanner.next()) channels.push(scanner.places.at(scanner.event).value(1))
  return channels
}

const ends = ['\r\n', '\r\r\n', '\rx\r\n', '\n', 'x\n', '\n\r\n', '\r\nx\r\n', '\r\n\r\n']

for (const end of ends) {
  test(
    `a value that ${JSON.stringify(end)} ends is what it is behind one of about its length`,
    nothingToScanWith,
    () => {
      const scanner = Scanner.make() as Scanner
      assert.ok(scanner.learn(event('SIP/1\r\n').slice(0, -2)))
      for (let before = 0; before <= 40; before++) {
        for (let length = Math.max(0, before - 3); length <= before + 3; length++) {
          const [first, second] = ['u'.repeat(before), `${'v'.repeat(length)}${end}`]
          const value = second.slice(0, -2)
          // a line that a bare LF ends, and one that stands where none was learnt, are the careful reader's
          const isCertain = second.endsWith('\r\n') && !value.includes('\n')
          const channels = channelsIn(scanner, event(`${first}\r\n`) + event(second))
          assert.deepEqual(channels, isCertain ? [first, value] : [first], JSON.stringify(second))
        }
      }
    },
  )
}
