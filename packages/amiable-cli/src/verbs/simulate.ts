import { createSecureContext } from 'node:tls'
import { AmiError } from 'amiable'
import { readGivenFile } from 'amiable-settings'
import { Option } from 'commander'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import type { FaultPlan } from '../simulate/fault-options.ts'
import { addressOf, interrupted, serve } from '../simulate/serve.ts'
import { type Input, verb } from './verb.ts'

interface Options {
  readonly listen?: string
  readonly asterisk?: '16' | '22'
  readonly user?: string
  readonly calls?: string
  readonly tls?: string
  readonly queues?: string
  readonly office?: string
  readonly faults?: string | true
}

/** `amiable simulate`: a simulated Asterisk to try the other verbs on. */
export const simulate = verb<Options>({
  define: (command) => {
    command
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', NOTES)
      .optionsGroup('Server:')
      .option('--listen <address>', 'the address and the port (127.0.0.1:5038); port 0 is any free one')
      .addOption(new Option('--asterisk <version>', 'the version that it plays (22)').choices(['16', '22']))
      .option('--user <name>', 'the name of the account (frank)')
      .option('--tls <file>', 'speaks TLS, with the certificate and the key in this file')
      .option('--calls <rate>', 'makes so many calls a second, as in an office')
      .option('--queues <members>', 'queues with so many members: sales=5,support=2')
      .option('--office <file>', 'the phones, queues and dialplan as JSON: the WorldOptions of amiable/testing')
      .option('--faults [how]', 'breaks connections and answers: seed=7,every=5s,only=reset+drop')
  },
  run,
})

const EXAMPLES = `amiable simulate --calls 1
amiable simulate --queues sales=5 --faults seed=7
`
const NOTES = `
It prints the line to paste into another terminal. The secret is a new one each
time, in a file that is removed at the end. ^C ends it. Each of --faults is said
as it begins, and the same seed draws the same ones.`

async function planOf(text: string | true): Promise<FaultPlan> {
  // it imports the simulator, which --help and completion have no need of
  const { faultsOf } = await import('../simulate/fault-options.ts')
  return faultsOf(text === true ? '' : text)
}

async function run(io: Io, { options }: Input<Options>): Promise<number> {
  const address = addressOf(options.listen ?? '127.0.0.1:5038', '--listen')
  const rate = rateOf(options.calls)
  const tls = options.tls === undefined ? undefined : certificateOf(options.tls)
  const asterisk = options.asterisk === '16' ? 16 : 22
  const faults = options.faults === undefined ? undefined : await planOf(options.faults)
  const [{ startServer }, { startOffice, officeOf }, { startFaults }] = await Promise.all([
    import('amiable/testing'),
    import('../simulate/office.ts'),
    import('../simulate/faults.ts'),
  ])
  const office = officeOf(options.office, options.queues)
  await serve(
    io,
    address,
    { user: options.user ?? 'frank', what: `a simulated Asterisk ${asterisk}`, tls: tls !== undefined },
    (users) => startServer({ ...office, ...address, users, asterisk, ...(tls && { tls }) }).catch(asUsage),
    async (server) => {
      const stop = rate === undefined ? undefined : startOffice(server, rate)
      const mend = faults && startFaults(io, server, faults)
      await interrupted(io)
      mend?.()
      stop?.()
    },
  )
  return EXIT.done
}

/** Reads a file that may hold both: Node takes of each what it looks for. */
function certificateOf(path: string): { cert: string; key: string } {
  try {
    const text = readGivenFile(path)
    if (text.trim() === '') throw new Error('it is empty')
    createSecureContext({ cert: text, key: text })
    return { cert: text, key: text }
  } catch (error) {
    throw usage(`--tls must be a file with a certificate and its key: ${(error as Error).message}`)
  }
}

/** Throws a mistake of the user for what the file of an office says wrong. */
function asUsage(error: unknown): never {
  if (AmiError.is(error) && error.code === 'AMI_ARGUMENT') throw usage(`the office cannot be made: ${error.message}`)
  throw error
}

function rateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const rate = Number(/^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text)?.[1] ?? Number.NaN)
  if (!(rate > 0 && rate <= 100)) throw usage('--calls must be a number of calls a second, up to 100')
  return rate
}
