// What every verb prints in every format, held against the texts in golden/.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type Client, connect } from 'amiable'
import { until } from '../../tools/servers/asterisk/process.ts'
import { CommandLine, ended, type Ran } from '../../tools/testbed/command.ts'
import { caughtUp, FENCE, optionsFor } from '../support/client.ts'
import type { OurAsterisk, Target } from '../targets.ts'
import { goldenText, isWriting, lasting, writeGolden } from './golden-file.ts'
import { callFromAnn, hangUpAll, quiet } from './world.ts'

// processes at a time: the machine has other tests
const AT_ONCE = 3
/** Only against hanging. */
const PATIENCE = 30_000

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
  ...formats('docs-action', ['text', 'json'], 'docs', 'QueuePause'),
  ...formats('docs-event', ['text', 'json'], 'docs', 'Hangup'),
  ...formats('docs-found', ['text', 'json'], 'docs', '--events', '-k', 'pause'),
  ['docs-unknown', 'docs', 'QueuePuase'],
  ['shell', 'shell'],
  ['shell-last', 'shell'],
]

/** What the command reads, by the name of the golden file. */
const READS: Readonly<Record<string, string>> = {
  shell: `DBGet Family=golden Key=key
! database show golden
\\json
DBGet Family=golden Key=key
\\json
\\x
list channels -w Linkedid=golden-1 --sort Channel
\\x
call golden-1 --no-follow
DBGet Famly=golden
no-such-verb
\\nothing
\\c nobody
\\?
docs Ping
`,
  'shell-last': 'DBGet Family=golden Key=none\n',
}

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
export function goldenSuite(target: Target & Partial<Pick<OurAsterisk, 'server'>>): void {
  const { name, host, port, accounts } = target
  const place = (username: string) => ({ host, port, username, secret: accounts[username] ?? '' })
  const line = new CommandLine({ pbx: place('frank'), readonly: place('readonly') })
  let ami: Client
  let printed = new Map<string, Ran>()

  before(async () => {
    ami = await connect(optionsFor(target))
    await quiet(ami)
    // a lot where somebody was parked and a pool of agents keep their bridges until the server ends: others were here before
    if (target.server !== undefined && (await ami.send('BridgeList')).events.length > 0) {
      await ami.close()
      await target.server.restart('now')
      ami = await connect(optionsFor(target))
    }
    const recording = line.start(['record', 'call.jsonl'])
    const recorded = ended(recording)
    await waitsFor(line, 'call.jsonl')
    await ami.send('DBPut', { Family: 'golden', Key: 'key', Val: 'a value' })
    await callFromAnn(ami)
    await ami.send('UserEvent', { UserEvent: 'Golden', Text: 'semi;colon, "quotes" and\ttab', Who: 'Ann' })
    await runAll(line, DURING_A_CALL, printed)
    await hangUpAll(ami)
    // a channel is gone before its Hangup is told, and the recorder has a connection of its own
    await caughtUp(ami)
    await until('the recording has the end', PATIENCE, () => hasIn(line, 'call.jsonl', FENCE))
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
      const text = `$ amiable ${words.join(' ')}\n${READS[golden] ?? ''}exit ${ran.code}\n${lasting(stdout)}--- stderr\n${lasting(ran.stderr)}`
      if (isWriting) writeGolden(target, golden, text)
      assert.equal(text, goldenText(target, golden))
    })
  }
}

/** Resolves when a recording has begun. */
async function waitsFor(line: CommandLine, file: string): Promise<void> {
  while (!existsSync(`${line.home}/${file}`)) await new Promise((resolve) => setTimeout(resolve, 20))
  // the login stands in it before the events do
  while (!hasIn(line, file, 'Authentication accepted')) await new Promise((resolve) => setTimeout(resolve, 20))
}

function hasIn(line: CommandLine, file: string, text: string): boolean {
  return readFileSync(`${line.home}/${file}`, 'utf8').includes(text)
}

async function runAll(line: CommandLine, cases: readonly Case[], printed: Map<string, Ran>): Promise<void> {
  const waiting = [...cases]
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [golden, ...words] = next
      const input = READS[golden]
      printed.set(golden, await line.run(words, input === undefined ? {} : { input }))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

function sorted(text: string): string {
  return text.replaceAll(',\n', '\n').split('\n').sort().join('\n').trimStart().concat('\n')
}
