import type { RecordedMessage } from 'amiable/testing'
import { Option } from 'commander'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { Common, Io } from '../io.ts'
import { names, outputOptions } from '../options.ts'
import { jsonLine } from '../output/json.ts'
import { clockOf, spell, TIMES, type TimeChoice } from '../output/time.ts'
import { visible } from '../output/visible.ts'
import { type Passing, Passings } from '../simulate/passing.ts'
import { addressOf, interrupted, listening, warnOfStrangers } from '../simulate/serve.ts'
import { type Input, verb } from './verb.ts'

interface Options {
  readonly listen?: string
  readonly to?: string
  readonly tls?: boolean
  readonly record?: string
  readonly force?: boolean
  readonly show?: boolean
  readonly only?: readonly string[]
  readonly time?: TimeChoice
  readonly output?: 'text' | 'jsonl'
  readonly json?: boolean
}

/** `amiable proxy`: stands between a program and a server, and shows or records what passes, without secrets. */
export const proxy = verb<Options>({
  define: (command) => {
    command
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', NOTES)
      .optionsGroup('Proxy:')
      .option('--listen <address>', 'the address and the port (127.0.0.1:5039)')
      .requiredOption('--to <address>', 'the server: pbx1.example.net:5038')
      .option('--tls', 'the server wants TLS')
      .option('--record <file>', 'records what passes')
      .option('--force', 'replaces a file of that name')
      .option('--show', 'shows what passes, with remarks about what the program does wrong')
      .addOption(names('--only <names>', 'shows these actions and events: Login,Originate*'))
      .addOption(new Option('--time <how>', 'how times are shown (local)').choices(TIMES))
    outputOptions(command, ['text', 'jsonl'], 'text')
  },
  run,
})

const EXAMPLES = `amiable proxy --to pbx1.example.net:5038 --show --only Originate,Hangup
amiable proxy --listen 127.0.0.1:0 --to 127.0.0.1:5038 --record crm.jsonl.gz
`
const NOTES = `
A program connects to the proxy in place of the server. The proxy passes its
login on. What is shown and recorded has no secret.`

async function run(io: Io, { options, ...common }: Input<Options>): Promise<number> {
  const { to = '', record: file, force, only = [] } = options
  const show = options.show === true || only.length > 0
  if (file === undefined && !show) throw usage('proxy needs --show, --record FILE or both')
  const address = addressOf(options.listen ?? '127.0.0.1:5039', '--listen')
  const target = { ...addressOf(to, '--to'), tls: options.tls === true }
  if (file !== undefined) (await import('../simulate/recording-parts.ts')).makeRoom(file, false, force === true)
  const testing = await import('amiable/testing')
  await using made = await listening(address, () => testing.startProxy({ ...address, target }))
  const recording = file === undefined ? undefined : testing.record(made, file)
  const watch = show ? testing.watchMessages(made, printer(io, common, options, new Passings(only))) : undefined
  const began = performance.now()
  await warnOfStrangers(io, address)
  // what is shown is the data then
  await (show ? io.err : io.out).line(`${made.host}:${made.port}`)
  await interrupted(io)
  await made.close()
  await recording?.stop()
  // it would wait for a terminal that nobody reads; what has passed is written at the end of the command
  void watch?.stop().catch(() => {})
  await io.err.line(`${(recording ?? watch)?.messages ?? 0} messages in ${spell(performance.now() - began)}`)
  return EXIT.done
}

/** Prints what passes. The proxy waits for a slow reader, until the command is ended. */
function printer(
  io: Io,
  common: Common,
  { json, output, time = 'local' }: Options,
  passings: Passings,
): (message: RecordedMessage) => void | Promise<void> {
  const isJson = json === true || output === 'jsonl'
  const clock = clockOf(time)
  return (message) => {
    const passing = passings.take(message)
    if (passing === undefined) return
    const now = Date.now()
    const text = isJson
      ? jsonLine({ receivedAt: new Date(now).toISOString(), ...passing })
      : textOf(passing, clock(now), common)
    return io.signal.aborted ? undefined : io.out.line(text)
  }
}

const ARROWS = { in: '>', out: '<', end: '=' } as const

function textOf({ session, direction, name, lines, remarks }: Passing, time: string, { paint }: Common): string {
  const title = direction === 'end' ? 'the connection has ended' : visible(name || (lines[0] ?? 'a blank line'))
  return [
    `${time === '' ? '' : `${time}  `}${session} ${ARROWS[direction]} ${paint('bold', title)}`,
    ...lines.map((line) => `    ${visible(line)}`),
    ...remarks.map((remark) => `  ! ${paint('yellow', visible(remark))}`),
  ].join('\n')
}
