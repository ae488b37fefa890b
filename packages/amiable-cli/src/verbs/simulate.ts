import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Option } from 'commander'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import { type Input, verb } from './verb.ts'

interface Options {
  readonly listen?: string
  readonly asterisk?: '16' | '22'
  readonly user?: string
  readonly calls?: string
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
      .option('--calls <rate>', 'makes so many calls a second, as in an office')
  },
  run,
})

const EXAMPLES = `amiable simulate --calls 1
amiable simulate --listen 127.0.0.1:0 --asterisk 16
`
const NOTES = `
It prints the line to paste into another terminal. The secret is a new one each
time, in a file that is removed at the end. ^C ends it.`

async function run(io: Io, { options }: Input<Options>): Promise<number> {
  const { host, port } = addressOf(options.listen ?? '127.0.0.1:5038')
  const rate = rateOf(options.calls)
  const user = options.user ?? 'frank'
  const secret = randomBytes(12).toString('base64url')
  const [{ startServer }, { startOffice, OFFICE }] = await Promise.all([
    import('amiable/testing'),
    import('../simulate/office.ts'),
  ])
  const world = { ...OFFICE, users: { [user]: secret }, asterisk: options.asterisk === '16' ? 16 : 22 } as const
  const server = await startServer({ ...world, host, port }).catch((error: Error) => {
    throw new CliError(`cannot listen on ${host}:${port}: ${error.message}`, {
      exit: EXIT.noConnection,
      code: 'LISTEN',
      hints: ['--listen 127.0.0.1:0 takes any free port.'],
    })
  })
  const folder = mkdtempSync(join(tmpdir(), 'amiable-simulate-'))
  try {
    const file = join(folder, 'secret')
    writeFileSync(file, `${secret}\n`, { mode: 0o600 })
    if (!/^(?:127\.|::1$|localhost$)/.test(host))
      await io.err.line(`every machine that reaches ${host} can try to log in`)
    await io.err.line(`a simulated Asterisk ${world.asterisk}; in another terminal:`)
    const name = host.includes(':') ? `[${host}]` : host
    await io.out.line(
      `export AMIABLE_URL='ami://${encodeURIComponent(user)}@${name}:${server.port}' AMIABLE_SECRET_FILE='${file}'`,
    )
    const stop = rate === undefined ? undefined : startOffice(server, rate)
    if (!io.signal.aborted)
      await new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }))
    stop?.()
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await server.close()
  }
  return EXIT.done
}

function addressOf(text: string): { host: string; port: number } {
  const [, bare, v6, digits = ''] = /^(?:([^:[\]]*)|\[([^\]]+)\]):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === '' || port > 65_535) throw usage(`--listen must be ADDRESS:PORT, as in 127.0.0.1:5038`)
  return { host: v6 ?? (bare || '127.0.0.1'), port }
}

function rateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const rate = Number(/^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text)?.[1] ?? Number.NaN)
  if (!(rate > 0 && rate <= 100)) throw usage('--calls must be a number of calls a second, up to 100')
  return rate
}
