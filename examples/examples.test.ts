// needs: both
// Every example is run as a program of its own: on the simulator, and on each real Asterisk of ours.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { realTargets } from '../tools/servers/asterisk/targets.ts'

const EXAMPLES = dirname(fileURLToPath(import.meta.url))
const TIME = 30_000

/** What each prints, in order, among other lines. */
const prints: Readonly<Record<string, readonly RegExp[]>> = {
  'astdb.ts': [/^100$/, /^""$/, /^undefined$/, /^\/example\/ann = 100$/, /^\/example\/ben = $/, /^undefined$/],
  'async-agi.ts': [/^agi_request: async$/, /^200 result=1$/, /^200 result=1 \(blue\)$/, /goes on/],
  'bridges.ts': [/^bridge of \d, /, /^ {2}Local\/wait/, /^ {2}Local\/wait/],
  'command.ts': [/^Asterisk \d+\./, /^ {2}System uptime/, /^refused: No such command 'no such command'/],
  'conference.ts': [/;2 joined 100$/, /^room 100: 1$/, /muted: No$/, /;2 left$/, /^No active conferences\.$/],
  'config-files.ts': [/^\[general] /, /^\[support] /, /^ringall$/, /'PJSIP\/100'/, /'PJSIP\/102'/],
  'dialplan.ts': [/^wait,1: Answer\(\)$/, /^wait,2: Wait\(60\)$/, /^500: NoOp$/],
  'digits.ts': [/^digit 5, Received$/],
  'event-filters.ts': [/^heard red$/, /^heard green$/],
  'events.ts': [/^Newchannel: Down$/, /^Newstate: Up$/, /^Hangup: /],
  'fleet.ts': [/^2 members, 0 failed$/, /^north says Hello$/, /^spare: up since a while$/, /^south: 0 reconnects/],
  'hangup.ts': [/^cause 17$/, /^AMI_ARGUMENT$/, /^2 channels, the right ones$/],
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
  'states.ts': [/devices have a state$/, /^Local\/wait@default is INUSE$/, /^101: /, /^presence: not_set$/],
  'transfers.ts': [/ is at echo$/, /^to wait: Success$/, /^attended: /],
  'user-events.ts': [/^order 4711: phone and headset$/],
  'variables.ts': [/^Miller, "Ann"$/, /^""$/, /^undefined$/, /^Smith$/, /^open$/, /: OFFICE=closed$/],
}

const helpers = ['connection.ts', 'demo.ts']

test('every example is here', () => {
  const files = readdirSync(EXAMPLES).filter((name) => /^[^.]+\.ts$/.test(name) && !helpers.includes(name))
  assert.deepEqual(files.sort(), Object.keys(prints).sort())
})

for (const name of Object.keys(prints)) test(`${name} on the simulator`, () => works(name))

const { targets, stop } = await realTargets()
for (const { name: server, username, secret, host, port } of targets.filter(({ full }) => full)) {
  const own = `${username}:${secret}@${host}:${port}`
  for (const name of Object.keys(prints)) test(`${name} on ${server}`, () => works(name, own))
}
test.after(stop)

async function works(name: string, own = ''): Promise<void> {
  const { code, output } = await run(name, own)
  assert.equal(code, 0, output)
  let rest = output.split('\n')
  for (const line of prints[name] ?? []) {
    const at = rest.findIndex((one) => line.test(one))
    assert.notEqual(at, -1, `${line} is not among what is left of\n${output}`)
    rest = rest.slice(at + 1)
  }
}

/** Its exit code, null if it did not end by itself, and all that it printed. */
async function run(name: string, own: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', name], {
    cwd: EXAMPLES,
    env: { ...process.env, AMIABLE_EXAMPLE: own },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIME,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      output += text
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}
