import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { RawClient } from '../../../../../tools/testbed/raw-client.ts'
import { startServer } from '../../../src/testing/index.ts'

interface Case {
  readonly ask: [name: string, value: string][]
  readonly reply: string
}

// what differs from run to run: times, challenges, identifiers
function steady(text: string): string {
  return text
    .replace(/^(Timestamp|LoginTime|Challenge|Core\w+(?:Date|Time)): .*\r$/gm, '$1: #\r')
    .replace(/(System uptime|Last reload): .*\r/g, '$1: #\r')
    .replace(/login was \d+ secs/g, 'login was # secs')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#uuid#')
}

for (const version of [22, 16] as const) {
  // captured from Debian's Asterisk with the laboratory's configuration, in this order, on one session
  const file = new URL(`../fixtures/replies-${version}.json`, import.meta.url)
  const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[]

  test(`answers ${cases.length} actions byte for byte as Asterisk ${version} does`, async () => {
    await using server = await startServer({ asterisk: version, systemName: `lab${version}` })
    using client = await RawClient.login(server.port)
    for (const { ask, reply } of cases) {
      const headers = ask.map(([name, value]) => `${name}: ${value}\r\n`).join('')
      const id = Object.fromEntries(ask).ActionID
      client.send(`${headers}\r\nAction: Events\r\nActionID: fence\r\nEventMask: off\r\n\r\n`)
      const all = await client.until(/Response: Success\r\nActionID: fence\r\nEvents: Off\r\n\r\n/)
      const answer = all.slice(0, all.indexOf('Response: Success\r\nActionID: fence'))
      // an answer to Events on may be followed by events; what carries the ActionID is the answer
      const own = answer
        .split(/(?<=\r\n\r\n)/)
        .filter((message) => message === '\r\n' || message.includes(`ActionID: ${id}`))
      const wanted = reply.split(/(?<=\r\n\r\n)/).filter((message) => message !== '\r\n')
      assert.equal(steady(own.filter((message) => message !== '\r\n').join('')), wanted.join(''), JSON.stringify(ask))
    }
  })
}
