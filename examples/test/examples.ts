import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { RealTarget } from '../../tools/servers/asterisk/targets.ts'
import { runProgram } from '../../tools/testbed/child.ts'

/** Where the examples are. */
export const EXAMPLES = fileURLToPath(new URL('..', import.meta.url))

/** What each prints, in order, among other lines. */
export const prints: Readonly<Record<string, readonly RegExp[]>> = {
  'astdb.ts': [/^100$/, /^""$/, /^undefined$/, /^\/example\/ann = 100$/, /^\/example\/ben = $/, /^undefined$/],
  'bridges.ts': [/^bridge of \d, /, /^ {2}Local\/wait/, /^ {2}Local\/wait/],
  'click-to-handler.ts': [/^the customer: ANSWER$/, /^the dialplan goes on: SUCCESS$/],
  'command.ts': [/^Asterisk \d+\./, /^ {2}System uptime/, /^refused: No such command 'no such command'/],
  'conference.ts': [
    /;2 joined 100$/,
    /^room 100: 1$/,
    /muted: No$/,
    /;2 left$/,
    /^100 has ended$/,
    /^No active conferences\.$/,
  ],
  'config-files.ts': [/^\[general] /, /^\[support] /, /^ringall$/, /'PJSIP\/100'/, /'PJSIP\/102'/],
  'dialplan.ts': [/^wait,1: Answer\(\)$/, /^wait,2: Wait\(60\)$/, /^500: NoOp$/],
  'digits.ts': [/^digit 5, Received$/],
  'event-filters.ts': [/^heard red$/, /^heard green$/],
  'events.ts': [/^Newchannel: Down$/, /^Newstate: Up$/, /^Hangup: /],
  'fleet.ts': [/^2 members, 0 failed$/, /^north says Hello$/, /^spare: up since a while$/, /^south: 0 reconnects/],
  'hangup.ts': [/^cause 17$/, /^AMI_ARGUMENT$/, /^2 channels, the right ones$/],
  'incoming-calls.ts': [
    /^on the screen: Ann Miller \(C-17\)$/,
    /^off the screen: Normal Clearing$/,
    /^the call is over: ended$/,
    /^0 on the screen, no longer kept as a call$/,
  ],
  'mailboxes.ts': [/^1234@default: (?:nothing|something) new, \d+ new, \d+ old$/, /^1234: /],
  'originate.ts': [
    /^wait: answered \(reason 4/,
    /^busy: busy \(reason 5/,
    /^congestion: congestion \(reason 8/,
    /^noanswer: noAnswer \(reason 3/,
    /^Nonesuch\/1: failed$/,
    /^given up: TimeoutError$/,
    /^without call events: unknown$/,
  ],
  'parking.ts': [/waits in default, space 7\d\d$/, /^lot default: 701 to 720$/, /^space 7\d\d: Local\/wait/],
  'queues.ts': [
    /^support: ringall, \d+ waiting$/,
    /^ {2}Agent One /,
    /^ {2}Ann \w+, penalty 5, paused: lunch$/,
    /^Ann left sales$/,
  ],
  'recording.ts': [/^recording has an id$/, /^stopped$/],
  'reload.ts': [/^app_queue has reloaded$/, /Reload was refused: No such module$/],
  'screen-pop.ts': [
    /^on the screens of support: Ann Miller \(C-17\)$/,
    /^the dialplan goes on: CUSTOMER is C-17, AGISTATUS is SUCCESS$/,
    /^4930999 calls$/,
    /^2 calls, 0 failed$/,
  ],
  'states.ts': [/devices have a state$/, /^Local\/wait@default is INUSE$/, /^101: /, /^presence: not_set$/],
  'transfers.ts': [/ is at echo$/, /^to wait: Success$/, /^attended: /],
  'user-events.ts': [/^order 4711: phone and headset$/],
  'variables.ts': [/^Miller, "Ann"$/, /^""$/, /^undefined$/, /^Smith$/, /^open$/, /: OFFICE=closed$/],
  'voice-menu.ts': [/^account 4711 has 120$/, /^2: to sales$/, /^1 call, 0 failed$/],
  'wallboard.ts': [
    /^support: \d+ waiting, .*\(live\)$/,
    /^ {2}Agent One \w+/,
    /^ {2}Ann paused$/,
    /^ {2}Ann paused: lunch$/,
    /^sales: 0 members$/,
  ],
}

/** Runs every example as a program of its own: on a simulator of its own, or on this server. */
export function everyExample(server?: RealTarget): void {
  const where = server?.name ?? 'the simulator'
  for (const name of Object.keys(prints)) test(`${name} on ${where}`, () => works(name, server))
}

async function works(name: string, server?: RealTarget): Promise<void> {
  const own = server ? `${server.username}:${server.secret}@${server.host}:${server.port}` : ''
  // with the library as it is published, as its readers run it
  const { TSX_TSCONFIG_PATH: _, ...env } = process.env
  const { code, output } = await runProgram(name, {
    cwd: EXAMPLES,
    env: { ...env, AMIABLE_EXAMPLE: own },
    most: 120_000,
  })
  assert.equal(code, 0, output)
  printsInOrder(name, output)
}

/** Checks that an example has printed what it is to print. */
export function printsInOrder(name: string, output: string): void {
  let rest = output.split('\n')
  for (const line of prints[name] ?? []) {
    const at = rest.findIndex((one) => line.test(one))
    assert.notEqual(at, -1, `${line} is not among what is left of\n${output}`)
    rest = rest.slice(at + 1)
  }
}
