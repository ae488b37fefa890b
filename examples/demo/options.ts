import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface DemoOptions {
  readonly help: boolean
  /** Whether a voice menu is shown, and no call over AMI. */
  readonly agi: boolean
  /** Whether the command `amiable` is shown. */
  readonly cli: boolean
  /** Whether two gateways on NATS are shown. */
  readonly gateway: boolean
  /** Whether the wallboard is opened, before a simulated call centre. */
  readonly wallboard: boolean
  /** The user's own server; `undefined` for the simulated one. */
  readonly server: Server | undefined
  /** What to dial on it; without one, nothing is dialled. */
  readonly call: Call | undefined
}

export interface Server {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly tls: boolean
}

export interface Call {
  readonly channel: string
  readonly context: string | undefined
  readonly exten: string | undefined
}

/** How to run it on a server of one's own. */
export const OWN_SERVER = `  npm run demo -- --host <name> --username <name>

  --port <number>     5038, or 5039 with --tls
  --tls               verified; NODE_EXTRA_CA_CERTS names a file with an authority of your own
  --channel <name>    dial this, such as Local/200@default; without it nothing is dialled
  --context <name>    where an answered call goes; without it, it waits two seconds
  --exten <name>      and which extension there

  The secret is asked for, or taken from AMIABLE_SECRET.`

export const USAGE = `A call on a simulated Asterisk:

  npm run demo

A caller in a voice menu, on a simulated Asterisk too:

  npm run demo -- agi

The command amiable, on its own simulated Asterisk:

  npm run demo -- cli

Two gateways on NATS, of which one is killed in the middle of a call:

  npm run demo -- gateway

The wallboard, before a simulated call centre:

  npm run demo -- wallboard

The first on your own:

${OWN_SERVER}`

const NAMES = ['agi', 'cli', 'gateway', 'wallboard']

/** A mistake on the command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** @throws {UsageError} saying what to do instead */
export function parseOptions(args: readonly string[]): DemoOptions {
  if (args.some((arg) => /^--(?:secret|password)(?:=|$)/.test(arg))) {
    throw new UsageError(
      'A secret on the command line is seen by every user of this machine (ps) and kept in the shell\n' +
        'history. Leave it out and you are asked for it, or set AMIABLE_SECRET.',
    )
  }
  const { values, positionals } = parse(args)
  const { host, port, username, tls, channel, context, exten, help = false } = values
  const [name, ...more] = positionals
  if (name !== undefined && (!NAMES.includes(name) || more.length > 0)) {
    throw new UsageError(
      `There is no demo '${positionals.join(' ')}', only the one without a name, ${NAMES.slice(0, -1).join(', ')} and ${NAMES.at(-1)}.`,
    )
  }
  const [agi, cli, gateway, wallboard] = NAMES.map((one) => one === name) as [boolean, boolean, boolean, boolean]
  if (name !== undefined && Object.keys(values).some((option) => option !== 'help')) {
    throw new UsageError(`${name} runs on a simulated Asterisk and takes no options.`)
  }
  if (host === undefined) {
    if (Object.keys(values).some((option) => option !== 'help')) throw new UsageError('These need --host as well.')
    return { help, agi, cli, gateway, wallboard, server: undefined, call: undefined }
  }
  if (username === undefined) throw new UsageError('Give the manager account with --username (manager.conf).')
  if ((context === undefined) !== (exten === undefined)) throw new UsageError('--context and --exten go together.')
  if (channel === undefined && context !== undefined) throw new UsageError('Say with --channel what to dial.')
  return {
    help,
    agi,
    cli,
    gateway,
    wallboard,
    server: { host, port: portOf(port, tls ?? false), username, tls: tls ?? false },
    call: channel === undefined ? undefined : { channel, context, exten },
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        username: { type: 'string' },
        tls: { type: 'boolean' },
        channel: { type: 'string' },
        context: { type: 'string' },
        exten: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function portOf(text: string | undefined, tls: boolean): number {
  if (text === undefined) return tls ? 5039 : 5038
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new UsageError('--port is a number from 1 to 65535.')
  return port
}
