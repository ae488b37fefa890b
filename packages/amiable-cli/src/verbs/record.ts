import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Client } from 'amiable'
import { targetsFor } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import { duration, type ServerOptions, serverOptions } from '../options.ts'
import { sizeOf } from '../output/size.ts'
import { spell } from '../output/time.ts'
import { LOGOFF, open } from '../server/session.ts'
import { interrupted } from '../simulate/serve.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly class?: string
  readonly for?: number
  readonly max?: string
  readonly force?: boolean
}

// how often the size of the file is looked at, in milliseconds
const LOOK = 1_000
const STANDARD_MOST = '1G'

/** `amiable record FILE`: everything that a server sends, without secrets, for later. */
export const record = verb<Options>({
  define: (command) => {
    command
      .argument('<file>', 'the recording; gzipped if its name ends in .gz')
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', NOTES)
      .optionsGroup('Recording:')
      .option('--class <names>', 'only events of these privilege classes: call,agent')
      .addOption(duration('--for <time>', 'ends after this time'))
      .option('--max <size>', `ends with exit status 7 when the file has this size (${STANDARD_MOST})`)
      .option('--force', 'replaces a file of that name')
    serverOptions(command)
  },
  run,
})

const EXAMPLES = `amiable record friday.jsonl.gz --for 8h
amiable record calls.jsonl --class call,agent
`
const NOTES = `
amiable events --read FILE shows it, amiable replay FILE serves it again. The
file holds names and numbers of callers, and no secrets.`

async function run(io: Io, { args: [file = ''], options, ...common }: Input<Options>): Promise<number> {
  const most = sizeOf(options.max ?? STANDARD_MOST)
  if (most === undefined) throw usage('--max must be a size such as 500M or 2G')
  if (existsSync(file) && !options.force) throw usage(`there is a file ${file} already`, '--force replaces it.')
  if (!existsSync(dirname(file))) throw usage(`there is no folder ${dirname(file)} for the recording`)
  const [target, second] = targetsFor(options, io.env)
  if (target === undefined || second !== undefined) throw usage('a recording is of one server')
  const testing = await import('amiable/testing')
  let recording: ReturnType<typeof testing.record> | undefined
  const events = options.class === undefined ? ('on' as const) : options.class.split(',')
  const session = { events, timeout: options.timeout, stays: true }
  const began = performance.now()
  const client = await open(io, common, target, session, (made: Client) => {
    recording = testing.record(made, file)
  }).catch(async (error: unknown) => {
    await recording?.stop()
    throw error
  })
  const status = await ended(
    io,
    client,
    options.for,
    () => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) >= most,
  )
  await recording?.stop()
  await client.close({ timeout: LOGOFF })
  await io.err.line(`${recording?.messages ?? 0} messages in ${spell(performance.now() - began)}`)
  return status
}

/** Waits until the recording is to end. */
async function ended(io: Io, client: Client, most: number | undefined, isFull: () => boolean): Promise<number> {
  const timers: NodeJS.Timeout[] = []
  const over = new Promise<number>((resolve, reject) => {
    if (most !== undefined) timers.push(setTimeout(resolve, most, EXIT.done))
    timers.push(setInterval(() => isFull() && resolve(EXIT.limit), LOOK))
    void interrupted(io).then(() => resolve(EXIT.done))
    void client.closed.then(({ error }) => (error === undefined ? undefined : reject(error)))
  })
  return await over.finally(() => {
    for (const timer of timers) clearTimeout(timer)
  })
}
