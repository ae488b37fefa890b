import { existsSync } from 'node:fs'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import { spell } from '../output/time.ts'
import { addressOf, interrupted, listening, warnOfStrangers } from '../simulate/serve.ts'
import { type Input, verb } from './verb.ts'

interface Options {
  readonly listen?: string
  readonly to?: string
  readonly tls?: boolean
  readonly record?: string
  readonly force?: boolean
}

/** `amiable proxy`: stands between a program and a server, and records what passes, without secrets. */
export const proxy = verb<Options>({
  define: (command) => {
    command
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', NOTES)
      .optionsGroup('Proxy:')
      .option('--listen <address>', 'the address and the port (127.0.0.1:5039)')
      .requiredOption('--to <address>', 'the server: pbx1.example.net:5038')
      .option('--tls', 'the server wants TLS')
      .requiredOption('--record <file>', 'the recording of what passes')
      .option('--force', 'replaces a file of that name')
  },
  run,
})

const EXAMPLES = `amiable proxy --to pbx1.example.net:5038 --record crm.jsonl
amiable proxy --listen 127.0.0.1:0 --to 127.0.0.1:5038 --record crm.jsonl.gz
`
const NOTES = `
A program connects to the proxy in place of the server. The proxy passes its
login on, and the recording has no secret.`

async function run(io: Io, { options }: Input<Options>): Promise<number> {
  const { to = '', record: file = '', force } = options
  const address = addressOf(options.listen ?? '127.0.0.1:5039', '--listen')
  const target = { ...addressOf(to, '--to'), tls: options.tls === true }
  if (existsSync(file) && !force) throw usage(`there is a file ${file} already`, '--force replaces it.')
  const testing = await import('amiable/testing')
  await using made = await listening(address, () => testing.startProxy({ ...address, target }))
  const recording = testing.record(made, file)
  const began = performance.now()
  await warnOfStrangers(io, address)
  await io.out.line(`${made.host}:${made.port}`)
  await interrupted(io)
  await made.close()
  await recording.stop()
  await io.err.line(`${recording.messages} messages in ${spell(performance.now() - began)}`)
  return EXIT.done
}
