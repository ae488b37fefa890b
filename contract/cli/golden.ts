// What every verb prints in every format, held against the texts in golden/: the same on the simulator and on both
// Asterisks, but where a file is named after one of them. `GOLDEN=write` writes them anew from what is printed.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Client, connect } from 'amiable'
import { CommandLine, ended, type Ran } from '../../tools/testbed/command.ts'
import { optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'

const FOLDER = fileURLToPath(new URL('./golden/', import.meta.url))
// processes at a time: the machine has other tests
const AT_ONCE = 3

/** A command line by the name of its golden file. */
type Case = readonly [name: string, ...words: readonly string[]]

const formats = (verb: string, names: readonly string[], ...words: readonly string[]): Case[] =>
  names.map((format) => [`${verb}-${format}`, ...words, '-o', format])

const ROWS = ['table', 'wide', 'json', 'jsonl', 'csv', 'tsv', 'name']
const ANN = ['-w', 'Linkedid=golden-1', '--sort', 'Channel']

/** With a call that is up: Local/echo@default from Ann. */
const DURING_A_CALL: readonly Case[] = [
  ...formats('list', ROWS, 'list', 'channels', ...ANN),
  ['list-select', 'list', 'CoreShowChannels', ...ANN, '-s', 'Uniqueid,CallerIDName', '-o', 'csv'],
  ...formats('send', ['table', 'json', 'jsonl', 'raw'], 'send', 'DBGet', 'Family=golden', 'Key=key'),
  ['send-dry-run', 'send', 'QueuePause', 'Interface=PJSIP/200', 'Paused=yes', '--dry-run'],
  ['send-refused', 'send', 'DBGet', 'Family=golden', 'Key=none'],
  ['send-refused-json', 'send', 'DBGet', 'Family=golden', 'Key=none', '--json'],
  ...formats('command', ['text', 'json', 'raw'], 'command', 'database', 'show', 'golden'),
  ['command-missing', '-x', 'no such thing'],
  ...formats('call', ['text', 'json', 'jsonl', 'mermaid'], 'call', 'golden-1', '--no-follow'),
  ['call-list', 'call', '--list'],
  ['call-list-json', 'call', '--list', '-o', 'json'],
  ...formats('queue', ['text', 'json', 'jsonl'], 'queue', 'support'),
  ...['calls', 'channels', 'queues', 'bridges'].map((view): Case => [`top-${view}`, 'top', '--once', '--view', view]),
  ['top-json', 'top', '--view', 'calls', '--json'],
  ['context-test', 'context', 'test'],
  ['doctor-text', 'doctor', '--for', 'originate'],
  ['doctor-json', 'doctor', '-c', 'readonly', '--for', 'originate', '--json'],
]

// the two halves end at the same moment, in either order
const GOLDEN = ['-w', 'Uniqueid=golden-1']

/** Out of a recording of that call, from its first event to its last. */
const OF_A_RECORDING: readonly Case[] = [
  ...formats(
    'events',
    ['text', 'jsonl', 'raw', 'csv', 'tsv'],
    'events',
    '-r',
    'call.jsonl',
    'Newchannel',
    'Hangup',
    ...GOLDEN,
  ),
  ['events-full', 'events', '-r', 'call.jsonl', 'UserEvent', '--full'],
  ['events-stats', 'events', '-r', 'call.jsonl', 'Newchannel', 'Hangup', ...GOLDEN, '--stats'],
  ...formats('recorded-call', ['text', 'mermaid'], 'call', 'golden-1', '-r', 'call.jsonl'),
]

// what a list of the server has in an order of its own, and logins at the same time
const IN_ANY_ORDER = ['call-list-json', 'top-json', 'context-test']

/** Runs every verb that talks to a server against this one, and compares what it prints. */
export function goldenSuite(target: Target): void {
  const { name, host, port, accounts } = target
  const place = (username: string) => ({ host, port, username, secret: accounts[username] ?? '' })
  const line = new CommandLine({ pbx: place('frank'), readonly: place('readonly') })
  let ami: Client
  let printed = new Map<string, Ran>()

  before(async () => {
    ami = await connect(optionsFor(target))
    await quiet(ami)
    const recording = line.start(['record', 'call.jsonl'])
    const recorded = ended(recording)
    await waitsFor(line, 'call.jsonl')
    await ami.send('DBPut', { Family: 'golden', Key: 'key', Val: 'a value' })
    const callerId = { CallerID: '"Ann" <100>', ChannelId: 'golden-1', OtherChannelId: 'golden-2' }
    const answered = new Promise<void>((resolve) => {
      // what the far half does once it has been answered
      ami.on('Newexten', (event) => event.Uniqueid === 'golden-2' && event.Application === 'Echo' && resolve())
    })
    await ami.originate({ Channel: 'Local/echo@default/n', Application: 'Wait', Data: '600', ...callerId })
    await answered
    await ami.send('UserEvent', { UserEvent: 'Golden', Text: 'semi;colon, "quotes" and\ttab', Who: 'Ann' })
    await runAll(line, DURING_A_CALL, printed)
    await hangUpAll(ami)
    await ami.send('Ping')
    recording.kill('SIGINT')
    await recorded
    await runAll(line, OF_A_RECORDING, printed)
  })
  after(async () => {
    await ami.close()
    line[Symbol.dispose]()
    printed = new Map()
  })

  for (const [golden, ...words] of [...DURING_A_CALL, ...OF_A_RECORDING]) {
    test(`${name}: $ amiable ${words.join(' ')}`, () => {
      const ran = printed.get(golden)
      assert.ok(ran)
      const stdout = IN_ANY_ORDER.includes(golden) ? sorted(ran.stdout) : ran.stdout
      const text = `$ amiable ${words.join(' ')}\nexit ${ran.code}\n${lasting(stdout)}--- stderr\n${lasting(ran.stderr)}`
      const key = target.real ? String(target.version) : 'simulator'
      if (process.env.GOLDEN === 'write') write(golden, key, text)
      const own = `${FOLDER}${golden}.${key}.txt`
      assert.equal(text, readFileSync(existsSync(own) ? own : `${FOLDER}${golden}.txt`, 'utf8'))
    })
  }
}

/** Nobody calls, and the queue is as its file says: other suites were here before. */
async function quiet(ami: Client): Promise<void> {
  await hangUpAll(ami)
  for (const agent of ['agent1', 'agent2'])
    await ami.send('Setvar', { Variable: `DEVICE_STATE(Custom:${agent})`, Value: 'NOT_INUSE' })
  for (const Interface of ['Local/member@default/n', 'Local/busy@default/n'])
    await ami.sendRaw('QueuePause', { Interface, Paused: false }, { check: false })
  await ami.sendRaw('QueueReset', { Queue: 'support' }, { check: false })
}

async function hangUpAll(ami: Client): Promise<void> {
  for (;;) {
    const { events } = await ami.send('CoreShowChannels')
    if (events.length === 0) return
    for (const { Channel } of events) await ami.sendRaw('Hangup', { Channel: Channel ?? '' }, { check: false })
  }
}

/** Resolves when a recording has begun. */
async function waitsFor(line: CommandLine, file: string): Promise<void> {
  while (!existsSync(`${line.home}/${file}`)) await new Promise((resolve) => setTimeout(resolve, 20))
  // the login stands in it before the events do
  while (!readFileSync(`${line.home}/${file}`, 'utf8').includes('Authentication accepted')) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function runAll(line: CommandLine, cases: readonly Case[], printed: Map<string, Ran>): Promise<void> {
  const waiting = [...cases]
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [golden, ...words] = next
      printed.set(golden, await line.run(words))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

/** What differs each time, or from one release to the next, becomes a name; as long where columns stand behind it. */
function lasting(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'ISO TIME')
    .replace(/\b\d\d:\d\d:\d\d\.\d{3}\b/g, 'HH:MM:SS.mmm')
    .replace(/\b\d\d:\d\d:\d\d\b/g, 'HH:MM:SS')
    .replace(/\b\d\d:\d\d\b/g, 'MM:SS')
    .replace(/^ +\d+\.\d{3} /gm, '    S.mmm ')
    .replace(/: \d+\.\d{3} /g, ': S.mmm ')
    .replace(/@default-[\da-f]{8}/g, '@default-XXXXXXXX')
    .replace(/\b(?:\d+(?:\.\d+)? m?s|\d+m\d\ds)\b(?! 0 %)/g, 'N ms')
    .replace(/N ms (?:ahead of|behind)/g, 'N ms away from')
    .replace(/("(?:serial|epoch|startedAt|time)": ?)\d+/g, '$1N')
    .replace(/(127\.0\.0\.1(?::| port ))\d+/g, '$1PORT')
    .replace(/(ActionID(?:: | +|": ?"))\w+/g, '$1ID')
    .replace(/\blab\d\d\b/g, 'LAB')
    .replace(/^((?:EVENT|Hangup|Newchannel) +(?:COUNT|\d+)) +\S+$/gm, '$1  RATE')
    .replace(/\b(?:16|22)\.\d[^\s,"]*/g, 'RELEASE')
    .replace(/\d+ of \d+ events shown/, 'N of N events shown')
    .replace(/\d+ actions/, 'N actions')
}

function sorted(text: string): string {
  return text.replaceAll(',\n', '\n').split('\n').sort().join('\n').trimStart().concat('\n')
}

/** Where all print the same there is one file. */
function write(golden: string, key: string, text: string): void {
  const [own, common] = [`${FOLDER}${golden}.${key}.txt`, `${FOLDER}${golden}.txt`]
  if (key === '22') writeFileSync(common, text)
  if (key === '22' || (existsSync(common) && readFileSync(common, 'utf8') === text)) rmSync(own, { force: true })
  else writeFileSync(own, text)
}
