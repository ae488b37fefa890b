// Perl scripts that others' library runs, called by an Asterisk and by callAgi: the same commands, the same answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgiCaller, type AsteriskVersion, callAgi } from 'amiable/testing'
import { perlAgi } from '../../../tools/servers/perl-agi.ts'
import { RawClient } from '../../../tools/testbed/raw-client.ts'
import { SOUNDS } from '../../sounds.ts'
import type { OurAsterisk } from '../../targets.ts'
import { PerlServer, type Ran } from './perl-server.ts'

/** What the caller does when a command has begun. */
interface Step {
  readonly at: string
  readonly press?: string
  readonly hangup?: true
}

const MENU: readonly Step[] = [
  { at: 'GET DATA auth-thankyou 4000 4', press: '12#' },
  { at: 'STREAM FILE auth-incorrect 19', press: '31' },
  { at: 'GET DATA auth-thankyou 4000 4', press: '1234' },
  { at: 'WAIT FOR DIGIT 20000', press: '*' },
  { at: 'WAIT FOR DIGIT 20000', hangup: true },
]

/** The comparison, with the Asterisk of one version. */
export function perl(real: OurAsterisk): void {
  const found = perlAgi()
  const required = process.env.CI === 'true' || process.env.AMIABLE_ASTERISK === 'require'
  const skip = 'why' in found && !required && found.why

  for (const [script, steps] of [
    ['commands.pl', []],
    ['menu.pl', MENU],
  ] as const) {
    test(`${real.name}: ${script} gives the same commands and gets the same answers from callAgi`, {
      skip,
      timeout: 60_000,
    }, async () => {
      assert.ok('library' in found, 'why' in found ? found.why : '')
      const [theirs, { ran, commands }] = await Promise.all([
        onAsterisk(real, found.library, script, steps),
        onCaller(real, found.library, script, steps),
      ])
      assert.deepEqual(ran, theirs)
      assert.ok(ran.commands.length > 8 && ran.told.length > 5)
      // what the caller kept is what the script wrote, but for blanks and quotes that say nothing
      assert.deepEqual(commands, ran.commands.map(plain))
    })
  }
}

async function onAsterisk(real: OurAsterisk, library: string, script: string, steps: readonly Step[]): Promise<Ran> {
  await using server = await PerlServer.listen(library, script)
  using ami = await RawClient.login(real.port, 'agi,dtmf', real.username, real.secret)
  const Data = `agi://127.0.0.1:${server.port}/perl,first`
  const call = { Channel: 'Local/wait@default/n', Application: 'AGI', Data, CallerID: 'Perl <100>', Async: 'true' }
  ami.action({ Action: 'Originate', ...call })
  const channel = await server.channel
  try {
    for (const { at, press = '', hangup } of steps) {
      await ami.until(new RegExp(`Event: AGIExecStart\\r\\n(?:[^\\r]+\\r\\n)*?Command: ${at} *\\r\\n`))
      for (const [n, digit] of [...press].entries()) {
        if (n > 0) await ami.until(received(channel, press[n - 1] as string))
        // a person's pause: what begins where a file is being stopped is lost
        await new Promise((resolve) => setTimeout(resolve, 100))
        ami.action({ Action: 'PlayDTMF', Channel: channel.replace(/;1$/, ';2'), Digit: digit, Receive: 'false' })
      }
      if (hangup) ami.action({ Action: 'Hangup', Channel: channel })
    }
    return await server.ran
  } finally {
    ami.action({ Action: 'Hangup', Channel: channel })
    await ami.ask({ Action: 'Ping' })
  }
}

/** The event of a digit that has come to its end on this channel. */
function received(channel: string, digit: string): RegExp {
  const lines = ['Event: DTMFEnd', `Channel: ${channel}`, `Digit: ${digit.replace('*', '\\*')}`, 'Direction: Received']
  return new RegExp(lines.join('\\r\\n(?:[^\\r]+\\r\\n)*?'))
}

async function onCaller(real: OurAsterisk, library: string, script: string, steps: readonly Step[]) {
  await using server = await PerlServer.listen(library, script)
  await using call = await callAgi({
    port: server.port,
    script: 'perl',
    args: ['first'],
    caller: '100',
    callerName: 'Perl',
    sounds: SOUNDS,
    asterisk: real.version as AsteriskVersion,
    context: 'default',
    exten: 'wait',
  })
  let seen = 0
  for (const { at, press, hangup } of steps) {
    seen = await begun(call, at, seen)
    if (press !== undefined) await call.press(press)
    if (hangup) call.hangup()
  }
  const ran = await server.ran
  await call.ended
  return { ran, commands: call.commands }
}

/** Waits until a command has begun, behind the first `seen`; gives how many there are then. */
async function begun(call: AgiCaller, command: string, seen: number): Promise<number> {
  for (;;) {
    const at = call.commands.indexOf(command, seen)
    if (at !== -1) return at + 1
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function plain(line: string): string {
  return line
    .replace(/"([^"\s\\]+)"/g, '$1')
    .replace(/ +/g, ' ')
    .trim()
}
