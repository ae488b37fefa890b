import { DeliverPolicy, jetstream } from '@nats-io/jetstream'
import type { Msg } from '@nats-io/transport-node'
import { type CommandProcess, EXIT, jsonLine, usage, visible } from 'amiable-settings'
import { Option } from 'commander'
import { type Checked, checked, type Readable } from '../client/events.ts'
import { type EventMessage, isEvent } from '../log/message.ts'
import { type AsTeam, asTeam, type TeamOptions } from '../run/as-team.ts'
import { duration, isJson, type OutputOptions, outputOptions, teamOptions } from './options.ts'
import { overAfter } from './over.ts'
import { verb } from './verb.ts'

const EXAMPLES = `amiable-gateway watch -c /etc/amiable/gateway.yaml
amiable-gateway watch --nats n1 --user crm --password-file p pbx1 -e 'Queue*'
`
/** What of an event is worth a glance, where it has it. */
const TOLD = [
  'Channel',
  'DestChannel',
  'Queue',
  'Device',
  'UserEvent',
  'ChannelStateDesc',
  'State',
  'DialStatus',
  'Cause',
]

/** Messages that may wait for whoever reads the output. */
const MOST_WAITING = 50_000

interface Options extends OutputOptions, TeamOptions {
  readonly event?: string
  readonly since?: string
  readonly count?: string
  readonly for?: number
}

/** `amiable-gateway watch SERVER…`: what is stored, as it is stored. */
export const watch = verb<Options>({
  endsItself: true,
  define: (command) => {
    command
      .argument('[server...]', 'the Asterisks; all without one')
      .addHelpText('before', EXAMPLES)
      .addHelpText(
        'after',
        `
Each event has its sequence in the log of its Asterisk. A gap of the log, and
messages that did not come here, are shown at their place. With --nats it reads
what is published, and needs no stream.`,
      )
      .option('-e, --event <names>', 'only events of these names; * stands for any letters')
      .option('--since <time>', 'what was stored since then: an ISO date (from now on)')
      .addOption(new Option('-n, --count <number>', 'ends after so many events'))
      .addOption(duration('--for <time>', 'ends after this time'))
    outputOptions(teamOptions(command))
  },
  async run(io, { args, options }) {
    const most = options.count === undefined ? Number.POSITIVE_INFINITY : Number(options.count)
    if (!(most >= 1) || (Number.isFinite(most) && !/^\d{1,9}$/.test(options.count ?? ''))) {
      throw usage('-n must be a whole number from 1')
    }
    const since = options.since === undefined ? undefined : Date.parse(options.since)
    if (Number.isNaN(since)) throw usage('--since must be an ISO date such as 2026-11-26T08:00:00Z')
    if (since !== undefined && options.nats !== undefined) {
      throw usage('--since needs a configuration: with --nats nothing comes again', 'A team has a consumer of its own.')
    }
    const wanted = matcherOf(options.event)
    const over = overAfter(io.signal, options.for)
    return await asTeam(options, io.env, async (team) => {
      const servers = new Set(args)
      const begin = team.stream === undefined ? live(team) : stored(team, team.stream, since)
      let count = 0
      for await (const one of checked(inOrder(over, begin))) {
        const { server } = one.type === 'gap' ? one : one.message
        if (one.type === 'late' || (servers.size > 0 && !servers.has(server))) continue
        if (one.type === 'message' && !(isEvent(one.message) && wanted(one.message.event))) continue
        await print(io, one, isJson(options))
        if (one.type === 'message' && ++count >= most) break
      }
      // ^C is how somebody ends it who has seen enough
      return EXIT.done
    })
  },
})

/** Gives messages in the order in which a source hands them over, until it is over. */
async function* inOrder(over: AbortSignal, begin: Begin): AsyncGenerator<Readable> {
  const waiting: Readable[] = []
  let wake = () => {}
  const end = await begin((message) => {
    // what does not fit is missing, and its place is seen by the sequences
    if (waiting.length < MOST_WAITING) waiting.push(message)
    wake()
  })
  const abort = () => wake()
  over.addEventListener('abort', abort)
  try {
    while (!over.aborted) {
      const message = waiting.shift()
      if (message) yield message
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
          if (over.aborted) resolve()
        })
      }
    }
  } finally {
    over.removeEventListener('abort', abort)
    end()
  }
}

/** Begins to hand messages over, and returns what ends that. */
type Begin = (take: (message: Readable) => void) => Promise<() => void>

/** Reads the stream of all logs by a consumer that NATS forgets by itself. */
function stored({ connection }: AsTeam, stream: string, since: number | undefined): Begin {
  return async (take) => {
    const from =
      since === undefined
        ? { deliver_policy: DeliverPolicy.New }
        : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(since).toISOString() }
    const consumer = await jetstream(connection, { timeout: 5_000 }).consumers.get(stream, from)
    const messages = await consumer.consume({ callback: take })
    return () => messages.stop()
  }
}

/** Reads what is published now, as a team may whose account has no stream. */
function live({ connection, prefix }: AsTeam): Begin {
  return async (take) => {
    const callback = (error: Error | null, message: Msg) => {
      if (error === null) take(message)
    }
    const subjects = [`${prefix}.event.>`, `${prefix}.status.*.gap`, `${prefix}.status.*.fence`]
    const all = subjects.map((subject) => connection.subscribe(subject, { callback }))
    await connection.flush()
    return () => {
      for (const one of all) one.unsubscribe()
    }
  }
}

/** Nothing is late to a reader that acknowledges nothing. */
type Shown = Exclude<Checked<Readable>, { type: 'late' }>

async function print(io: CommandProcess, one: Shown, json: boolean): Promise<void> {
  if (one.type === 'message') {
    await io.out.line(json ? jsonLine(one.message) : lineOf(one.message as EventMessage))
    return
  }
  await io.out.line(json ? jsonLine({ gap: one }) : gapLine(one))
}

function lineOf({ server, seq, at, event, data }: EventMessage): string {
  const words = TOLD.flatMap((name) => (typeof data[name] === 'string' ? [`${name}=${data[name]}`] : []))
  return visible(`${at.slice(11, 23)} ${server} ${seq} ${event} ${words.join(' ')}`.trimEnd())
}

function gapLine({ server, cause, after, missing, told }: Extract<Shown, { type: 'gap' }>): string {
  const count = missing === undefined ? 'nobody knows how many are' : `${missing}`
  const why = {
    missed: 'not received here',
    log: told?.cause ?? 'a gap of the log',
    'made-again': 'the log was made again',
  }
  return `-- ${server}${after === undefined ? '' : ` after ${after}`}: ${why[cause]}, ${count} missing`
}

/** Makes a test of names out of names with commas between them, in linear time. */
function matcherOf(given: string | undefined): (event: string) => boolean {
  if (given === undefined) return () => true
  const patterns = given
    .toLowerCase()
    .split(',')
    .map((one) => one.trim().split(/\*+/))
  return (event) => patterns.some((parts) => isLike(event.toLowerCase(), parts))
}

function isLike(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts
  if (rest.length === 0) return text === first
  const last = rest.pop() ?? ''
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}
