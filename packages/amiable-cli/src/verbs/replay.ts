import { stat } from 'node:fs/promises'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import { whole } from '../options.ts'
import { addressOf, interrupted, serve } from '../simulate/serve.ts'
import { type Input, verb } from './verb.ts'

interface Options {
  readonly listen?: string
  readonly speed?: string
  readonly session?: number
  readonly user?: string
}

/** `amiable replay FILE`: a recording, served again. */
export const replay = verb<Options>({
  define: (command) => {
    command
      .argument('<file>', 'a recording, or a capture of the wire')
      .addHelpText('before', EXAMPLES)
      .optionsGroup('Replay:')
      .option('--listen <address>', 'the address and the port (127.0.0.1:5038); port 0 is any free one')
      .option('--speed <factor>', '1 as it was, 10 ten times as fast, or max (1)')
      .addOption(whole('--session <number>', 'the connection of the recording to serve'))
      .option('--user <name>', 'the name of the account (frank)')
  },
  run,
})

const EXAMPLES = `amiable replay friday.jsonl.gz
amiable replay friday.jsonl.gz --speed max --listen 127.0.0.1:0
`

async function run(io: Io, { args: [file = ''], options }: Input<Options>): Promise<number> {
  const address = addressOf(options.listen ?? '127.0.0.1:5038', '--listen')
  const speed = options.speed === 'max' ? Number.POSITIVE_INFINITY : Number(options.speed ?? '1')
  if (!(speed > 0)) throw usage('--speed must be a number above 0, or max')
  await stat(file).catch((error: Error) => {
    throw usage(`the recording ${file} cannot be read: ${error.message}`)
  })
  const testing = await import('amiable/testing')
  const session = options.session === undefined ? {} : { session: options.session }
  await serve(
    io,
    address,
    { user: options.user ?? 'frank', what: `${file} begins when somebody logs in` },
    (users) => testing.replay(file, { ...address, ...session, users, speed }),
    async ({ done }) => {
      void done.then((count) => io.err.offer(`${count} events sent; the server goes on until ^C`))
      await interrupted(io)
    },
  )
  return EXIT.done
}
