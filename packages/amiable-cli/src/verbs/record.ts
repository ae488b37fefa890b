import type { Client } from 'amiable'
import { targetsFor } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import { selectionOf } from '../events/selection.ts'
import type { Io } from '../io.ts'
import { duration, names as listed, type ServerOptions, serverOptions } from '../options.ts'
import { countText, sizeOf, sizeText } from '../output/size.ts'
import { spell } from '../output/time.ts'
import { logOff, open } from '../server/session.ts'
import { interrupted } from '../simulate/serve.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly class?: readonly string[]
  readonly for?: number
  readonly max?: string
  readonly rotate?: string
  readonly force?: boolean
}

// how often the files are looked at, in milliseconds
const LOOK = 1_000
const STANDARD_MOST = '1G'

/** `amiable record FILE`: everything that a server sends, without secrets, for later. */
export const record = verb<Options>({
  define: (command) => {
    command
      .argument('<file>', 'the recording; gzipped if its name ends in .gz')
      .argument('[names...]', "only these events, or globs such as 'Queue*'; without one, all")
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', NOTES)
      .optionsGroup('Recording:')
      .addOption(listed('--class <names>', 'only events of these privilege classes: call,agent'))
      .addOption(duration('--for <time>', 'ends after this time'))
      .option('--max <size>', `ends with exit status 7 when the file has this size (${STANDARD_MOST})`)
      .option('--rotate <what>', 'begins another file after a size such as 100M or a time such as 1h')
      .option('--force', 'replaces a file of that name')
    serverOptions(command)
  },
  run,
})

const EXAMPLES = `amiable record friday.jsonl.gz --for 8h
amiable record queues.jsonl 'Queue*' Hangup --rotate 100M --max 2G
`
const NOTES = `
amiable events --read FILE shows it, amiable replay FILE serves it again. The
file holds names and numbers of callers, and no secrets. With --rotate the files
are FILE-001, FILE-002 and so on. --max is then for all of them together, and
the oldest of this recording are removed.`

async function run(io: Io, { args: [file = '', ...names], options, ...common }: Input<Options>): Promise<number> {
  const most = sizeOf(options.max ?? STANDARD_MOST)
  if (most === undefined) throw usage('--max must be a size such as 500M or 2G')
  const { makeRoom, Parts, rotationOf } = await import('../simulate/recording-parts.ts')
  const rotation = options.rotate === undefined ? undefined : rotationOf(options.rotate)
  const { mask: events, unknown, has } = selectionOf({ names, not: [], classes: options.class ?? [] })
  if (unknown.length > 0) throw usage(`the catalog knows no event ${unknown.join(', ')}`)
  const [target, second] = targetsFor(options, io.env)
  if (target === undefined || second !== undefined) throw usage('a recording is of one server')
  makeRoom(file, rotation !== undefined, options.force === true)
  let parts: InstanceType<typeof Parts> | undefined
  const began = performance.now()
  const wants = names.length > 0 ? has : undefined
  const session = { events, timeout: options.timeout, stays: true }
  const client = await open(io, common, target, session, (made: Client) => {
    parts = new Parts(made, { file, rotation, most, wants })
  }).catch(async (error: unknown) => {
    await parts?.discard()
    throw error
  })
  const said = () => {
    const { messages = 0, bytes = 0, files = 1 } = parts ?? {}
    const more = files > 1 ? `  ${files} files` : ''
    return `${countText(messages)} messages  ${sizeText(bytes)}  ${spell(performance.now() - began)}${more}`
  }
  let status: number
  try {
    status = await ended(io, client, options.for, () => {
      parts?.look()
      // one line that is written again and again
      if (io.isTerminal.err && common.verbose === 0) io.err.offerText(`\r${said()}\x1b[K`)
      return parts?.isFull === true || parts?.hasEnded === true
    })
  } finally {
    if (io.isTerminal.err && common.verbose === 0) io.err.offerText('\r\x1b[K')
    // a file that could not be written is the error, and the server is left in order all the same
    await Promise.all([logOff(io, client), parts?.stop()])
  }
  await io.err.line(said())
  return status
}

/** Waits until the recording is to end. */
async function ended(io: Io, client: Client, most: number | undefined, isFull: () => boolean): Promise<number> {
  const timers: NodeJS.Timeout[] = []
  const over = new Promise<number>((resolve, reject) => {
    const look = () => {
      try {
        if (isFull()) resolve(EXIT.limit)
      } catch (error) {
        reject(error)
      }
    }
    if (most !== undefined) timers.push(setTimeout(resolve, most, EXIT.done))
    timers.push(setInterval(look, LOOK))
    void interrupted(io).then(() => resolve(EXIT.done))
    void client.closed.then(({ error }) => (error === undefined ? undefined : reject(error)))
  })
  return await over.finally(() => {
    for (const timer of timers) clearTimeout(timer)
  })
}
