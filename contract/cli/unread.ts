// A reader that stops: nobody reads for five seconds what the command prints, while a server sends 2,000 events a second to
// an account whose writetimeout is Asterisk's own, 100 ms.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { CommandLine, ended } from '../../tools/testbed/command.ts'
import { RawClient } from '../../tools/testbed/raw-client.ts'
import type { OurAsterisk } from '../targets.ts'

const SECONDS = 5
const RATE = 2_000
// what a caller may say: more than the writer and the pipe hold in these seconds
const TEXT = 'x'.repeat(800)

/** Runs a watch that is not read for five seconds. */
export function unreadSuite({ name, host, port, accounts }: OurAsterisk): void {
  const line = new CommandLine({ pbx: { host, port, username: 'slow', secret: accounts.slow ?? '' } })
  after(() => line[Symbol.dispose]())

  test(`${name}: nobody reads for five seconds under 2,000 events a second: the connection stays, and the loss is told`, async () => {
    const child = line.start(['events', 'UserEvent', '-v', '--until', 'UserEvent=End', '--full', '--time', 'none'])
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    while (!said.includes('logged in')) await pause(20)
    const done = ended(child)
    child.stdout.pause()
    using flood = await RawClient.login(port)
    const one = `Action: UserEvent\r\nUserEvent: Flood\r\nText: ${TEXT}\r\n\r\n`
    const began = performance.now()
    let sent = 0
    for (;;) {
      const passed = (performance.now() - began) / 1_000
      if (passed > SECONDS) break
      const due = Math.floor(Math.min(passed, SECONDS) * RATE) - sent
      if (due > 0) flood.send(one.repeat(due))
      sent += due
      await pause(10)
    }
    assert.ok(sent > (SECONDS - 1) * RATE, String(sent))
    await flood.ask({ Action: 'Ping' })
    child.stdout.resume()
    // room for a line comes with reading
    let ends = 0
    const end = setInterval(() => {
      ends++
      flood.action({ Action: 'UserEvent', UserEvent: 'End' })
    }, 200)
    const { code, stdout } = await done.finally(() => clearInterval(end))
    assert.equal(code, 0, said)
    assert.doesNotMatch(said + stdout, /pbx: lost:|connection lost|connected again/)
    const printed = stdout.split('\n').filter((row) => /^ {2}UserEvent +Flood$/.test(row)).length
    const missing = [...stdout.matchAll(/^-- ([\d,]+) events? lost/gm)].reduce(
      (sum, [, count = '0']) => sum + Number(count.replaceAll(',', '')),
      0,
    )
    assert.ok(missing > 0)
    // one that should end the watch may have found no room either
    const counted = printed + missing - sent
    assert.ok(counted >= 0 && counted <= ends, `${printed} printed, ${missing} told as lost, ${sent} sent`)
  })
}
