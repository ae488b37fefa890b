import { parseArgs } from 'node:util'
import { type CommandProcess, EXIT, runCommand } from 'amiable-settings'
import { ConfigError } from 'amiable-settings/yaml'
import { runPassword } from './run/password.ts'
import { runConfigured, runSimulated } from './run/start.ts'
import { VERSION } from './version.ts'

const USAGE = `Usage: amiable-wallboard [--config FILE] [--listen ADDRESS:PORT]
       amiable-wallboard password

Shows queues, agents, calls and lines of Asterisks in a browser, live.
Without --config it shows a simulated call centre.

  -c, --config FILE   the configuration, in YAML
  --check             checks the configuration, opens nothing, and ends
  --listen ADDRESS    the address and port of the simulated call centre  (default 127.0.0.1:8090)
  --seed NUMBER       the seed of the simulated call centre  (default 7)
  --version           prints the version
  -h, --help          prints this

password reads a password from its input and prints what belongs into the file of users.`

runCommand({ name: 'amiable-wallboard', run, report })

async function run(parts: CommandProcess): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      config: { type: 'string', short: 'c' },
      check: { type: 'boolean' },
      listen: { type: 'string' },
      seed: { type: 'string' },
      version: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return printed(parts, USAGE)
  if (values.version) return printed(parts, VERSION)
  if (positionals[0] === 'password') return runPassword(parts)
  if (positionals.length > 0) throw new TypeError(`${positionals[0]} is no command of amiable-wallboard`)
  if (values.config !== undefined) return runConfigured(parts, values.config, values.check === true)
  return runSimulated(parts, values.listen, values.seed)
}

async function printed({ out }: CommandProcess, text: string): Promise<number> {
  await out.line(text)
  return EXIT.done
}

async function report(error: unknown, { err }: CommandProcess): Promise<number> {
  const isUsage = error instanceof TypeError || error instanceof ConfigError
  const message = error instanceof Error ? error.message : String(error)
  const lines = error instanceof ConfigError ? message : `amiable-wallboard: ${message}`
  await err.line(lines)
  return isUsage ? EXIT.usage : EXIT.bug
}
