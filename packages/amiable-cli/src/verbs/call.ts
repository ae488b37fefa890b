import type { Client } from 'amiable'
import { callDocument, stepDocument, summaryOf, unknownOf } from '../call/call-report.ts'
import { Drawing, symbolsFor } from '../call/draw.ts'
import { type Candidate, chosenOf, noCall } from '../call/find-call.ts'
import { Ladder, type Step } from '../call/ladder.ts'
import { CALL_CLASSES, callsOf, followLive, watchCalls } from '../call/live-call.ts'
import { mermaidOf } from '../call/mermaid.ts'
import { eventsOfCall, recordedCalls } from '../call/recorded-call.ts'
import { type Target, targetsFor } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { Common, Io } from '../io.ts'
import { outputOptions, type ServerOptions, serverOptions } from '../options.ts'
import { jsonLine, jsonText } from '../output/json.ts'
import { layOut } from '../output/table.ts'
import { clockOf } from '../output/time.ts'
import { visible } from '../output/visible.ts'
import { DRAIN } from '../output/writer.ts'
import { eachServer } from '../server/each-server.ts'
import { logOff, open } from '../server/session.ts'
import { type Input, verb } from './verb.ts'

const FORMATS = ['text', 'json', 'jsonl', 'mermaid'] as const

interface Options extends ServerOptions {
  readonly read?: string
  readonly list?: boolean
  readonly follow?: boolean
  readonly events?: boolean
  readonly output?: (typeof FORMATS)[number]
  readonly json?: boolean
}

/** `amiable call [WHICH]`: one call as a ladder, as it happens or out of a recording. */
export const call = verb<Options>({
  define: (command) => {
    command
      .argument('[which]', 'a Uniqueid, a Linkedid, a channel or a number; without it the newest call')
      .addHelpText('before', EXAMPLES)
      .optionsGroup('Which:')
      .option('-r, --read <file>', 'a call of a recording, without a server')
      .option('-l, --list', 'shows which calls there are')
      .optionsGroup('How:')
      .option('--events', 'every event, also those that are no step')
      .option('--no-follow', 'what is known now, without waiting for the end')
    outputOptions(command, FORMATS, 'text')
    serverOptions(command)
  },
  run,
})

const EXAMPLES = `amiable call PJSIP/100
amiable call 1795635791.42 -r friday.jsonl.gz -o mermaid
`

async function run(io: Io, { args: [which], options, ...common }: Input<Options>): Promise<number> {
  if (options.read !== undefined) return await fromRecording(io, options.read, which, options)
  const targets = targetsFor(options, io.env)
  const [target, second] = targets
  if (target === undefined || second !== undefined) throw usage('call shows a call of one server: --context NAME')
  const json = options.json === true || options.output === 'json' || options.output === 'jsonl'
  return await eachServer(io, [target], { json, reads: true }, (one) => live(io, common, one, which, options))
}

async function fromRecording(io: Io, path: string, which: string | undefined, options: Options): Promise<number> {
  const calls = await recordedCalls(io, path)
  if (options.list) return await showCalls(io, calls, options, false)
  const found = chosenOf(calls, which)
  if (found === undefined) throw noCall(which, `amiable call -r ${path} --list shows the calls of the recording`)
  const printer = new LadderPrinter(io, found, options, path, true)
  for await (const event of eventsOfCall(io, path, found)) await printer.keep(printer.ladder.take(event))
  await printer.finish()
  return EXIT.done
}

async function live(
  io: Io,
  common: Common,
  target: Target,
  which: string | undefined,
  options: Options,
): Promise<number> {
  const session = { events: CALL_CLASSES, timeout: options.timeout, stays: true }
  const client = await open(io, common, target, session)
  try {
    return await liveCall(io, client, which, options)
  } finally {
    await logOff(io, client)
  }
}

async function liveCall(io: Io, client: Client, which: string | undefined, options: Options): Promise<number> {
  await using state = await watchCalls(client, io.signal, options.timeout)
  const calls = callsOf(state)
  if (options.list) return await showCalls(io, calls, options, true)
  const found = chosenOf(calls, which)
  if (found === undefined) throw noCall(which, 'Only calls that are there now are known; -r FILE reads a recording.')
  const printer = new LadderPrinter(io, found, options, client.name, false)
  const over = new Promise<void>((resolve, reject) => {
    const stop = followLive(client, state, found, printer.ladder, {
      step: (step) => void printer.keep(step),
      gap: (text) => printer.gap(text),
      over: () => resolve(),
    })
    const end = (how: () => void) => {
      stop()
      how()
    }
    if (options.follow === false) end(resolve)
    io.signal.addEventListener('abort', () => end(resolve), { once: true })
    void client.closed.then(({ error }) => end(() => (error ? reject(error) : resolve())))
  })
  await printer.begin()
  await over
  await printer.finish()
  if (!io.signal.aborted || io.signal.reason === 'EPIPE') return EXIT.done
  return io.signal.reason === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
}

async function showCalls(io: Io, calls: readonly Candidate[], options: Options, isClock: boolean): Promise<number> {
  if (options.json || options.output === 'json' || options.output === 'jsonl') {
    const documents = calls.map(({ id, startedAt, channels, parties }) => ({ call: id, startedAt, channels, parties }))
    if (options.output === 'jsonl') for (const one of documents) await io.out.line(jsonLine(one))
    else await io.out.line(jsonText(documents))
    return EXIT.done
  }
  const clock = clockOf(isClock ? 'local' : 'utc')
  const rows = calls.map(({ id, startedAt, channels, parties }) => [
    visible(id),
    startedAt === undefined ? '' : clock(startedAt),
    String(channels.length),
    visible(parties.join(', ')),
  ])
  const columns = [{ title: 'CALL' }, { title: 'BEGAN' }, { title: 'CHANNELS', right: true }, { title: 'WHO' }]
  if (rows.length === 0) await io.err.line('no calls')
  else for (const line of layOut(columns, rows, { width: io.columns() })) await io.out.line(line)
  return EXIT.done
}

/** Prints a ladder: that of a recording when all of it is known, that of a live call as it happens. */
class LadderPrinter {
  readonly ladder = new Ladder()
  readonly #io: Io
  readonly #call: Candidate
  readonly #options: Options
  readonly #source: string
  readonly #isRecording: boolean
  readonly #format: (typeof FORMATS)[number]
  readonly #drawing: Drawing
  readonly #steps: Step[] = []
  #drawn = 0
  #seen = 0
  #missed = false

  constructor(io: Io, call: Candidate, options: Options, source: string, isRecording: boolean) {
    this.#io = io
    this.#call = call
    this.#options = options
    this.#source = source
    this.#isRecording = isRecording
    this.#format = options.json ? 'json' : (options.output ?? 'text')
    this.#drawing = new Drawing({ width: io.columns(), symbols: symbolsFor(io.env) })
  }

  /** Begins the ladder of a live call with what is known already. */
  async begin(): Promise<void> {
    if (this.#format !== 'text') return
    for (const line of unknownOf(this.ladder, this.#isRecording)) await this.#io.out.line(line)
    this.#newLanes()
  }

  keep(step: Step): Promise<void> | undefined {
    this.#seen++
    if (step.minor && !this.#options.events) return undefined
    if (this.#format === 'jsonl') return this.#io.out.line(jsonLine(stepDocument(this.ladder, step)))
    if (this.#format !== 'text' || this.#isRecording) this.#steps.push(step)
    else {
      this.#newLanes()
      this.#steps.push(step)
      this.#io.out.offer(this.#drawing.line(step, this.ladder.startedAt, this.ladder.lanes))
    }
    return undefined
  }

  /** Says that events are missing. */
  gap(text: string): void {
    this.#missed = true
    const { out, err } = this.#io
    ;(this.#format === 'text' ? out : err).offer(`-- ${visible(text)}`)
  }

  async finish(): Promise<void> {
    const { out } = this.#io
    const { ladder } = this
    if (this.#format === 'json') {
      await out.line(jsonText(callDocument(this.#source, this.#call.id, ladder, this.#steps, this.#missed)))
    } else if (this.#format === 'mermaid') {
      for (const line of mermaidOf(ladder.lanes, this.#steps, ladder.startedAt)) await out.line(line)
    } else if (this.#format === 'text') await this.#finishText()
  }

  async #finishText(): Promise<void> {
    const { out, err } = this.#io
    const { ladder } = this
    if (this.#isRecording) {
      await out.line(visible(summaryOf(ladder, false)))
      for (const line of unknownOf(ladder, true)) await out.line(line)
      await out.line('')
      this.#newLanes()
      for (const step of this.#steps) await out.line(this.#drawing.line(step, ladder.startedAt, ladder.lanes))
    } else await out.line(visible(summaryOf(ladder, true)))
    // where both go to one place the count stands at the end
    await out.drain(DRAIN.aboveCount)
    const rest = this.#options.events ? '' : '; --events for all, -o mermaid for a ticket'
    await err.line(`${this.#steps.length} of ${this.#seen} events shown${rest}`)
  }

  /** Prints the channels that were not there before, and the letters above their columns. */
  #newLanes(): void {
    const { lanes } = this.ladder
    if (this.#drawn === lanes.length) return
    for (const lane of lanes.slice(this.#drawn)) this.#io.out.offer(this.#drawing.legend(lane))
    this.#drawn = lanes.length
    this.#io.out.offer(this.#drawing.heading(lanes, this.ladder.startedAt))
  }
}
