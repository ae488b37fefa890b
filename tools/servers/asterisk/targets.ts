// Which real servers the tests run against, from the environment. AMIABLE_ASTERISK is
//   auto                     ours where this machine can run them, else skipped with one line that says why (the default)
//   require                  ours, and an error where they cannot be had: what CI says
//   off                      none
//   user:secret@host:port    that server, which is never stopped or killed; the secret is taken literally
// AMIABLE_TARGETS holds targets that a parent process has already brought up, as JSON.
import { bringUp as bringUpReal } from './asterisk.ts'
import { UnavailableError } from './machine.ts'
import { banner, tryLogin } from './process.ts'
import { type AsteriskVersion, VERSIONS } from './settings.ts'

/** A server to test against: plain data, so that it fits in an environment variable. */
export interface RealTarget {
  name: string
  /** Asterisk's major version. */
  version: number
  host: string
  port: number
  tlsPort?: number
  /** The path of the pem to trust on the TLS port. */
  ca?: string
  username: string
  secret: string
  /** Every account with its secret; of a server that the user named, just the one. */
  accounts: Record<string, string>
  /** Ours: its dialplan is known, and `bringUp(version)` gives the handle to kill and restart it. */
  full: boolean
}

export interface RealTargets {
  targets: RealTarget[]
  /** One line: which servers are not there, and why. */
  skipped?: string
  /** Starts one of ours again that has ended; gives its last lines then. */
  revive(target: RealTarget): Promise<string | undefined>
  /** Ends the servers that this call started; those that ran before stay. */
  stop(): Promise<void>
}

/** No server that is ours to start or to end. */
export const NOTHING_OURS: Pick<RealTargets, 'revive' | 'stop'> = {
  revive: async () => undefined,
  stop: async () => {},
}

export type Setting =
  | { kind: 'auto' | 'require' | 'off' }
  | { kind: 'server'; username: string; secret: string; host: string; port: number }

/** What is told of a server that we brought up. */
export interface Server {
  readonly version: number
  readonly name: string
  readonly host: string
  readonly port: number
  readonly tlsPort: number
  readonly ca: string
  readonly users: Readonly<Record<string, string>> & { readonly frank: string }
  readonly adopted: boolean
  readonly pid: number | undefined
  logTail(): string
  start(): Promise<void>
  stop(): Promise<void>
}

/** What `realTargets` needs of the world; tests bring their own. */
export interface World {
  bringUp(version: AsteriskVersion, options: { log: (line: string) => void }): Promise<Server>
  banner(host: string, port: number): Promise<string | undefined>
  /** Logs in once; gives what the server said where it refused. */
  tryLogin(host: string, port: number, username: string, secret: string): Promise<string | undefined>
  log(line: string): void
}

/** What `realTargets` may be told. */
export interface RealTargetsOptions extends Partial<World> {
  /** Which of ours are needed; all by default. */
  versions?: readonly AsteriskVersion[]
}

const WORLD: World = { bringUp: bringUpReal, banner, tryLogin, log: (line) => console.error(line) }
const DEFAULT_PORT = 5038

type Environment = Readonly<Record<string, string | undefined>>

export async function realTargets(
  env: Environment = process.env,
  options: RealTargetsOptions = {},
): Promise<RealTargets> {
  const { versions = VERSIONS, bringUp, banner, tryLogin, log } = { ...WORLD, ...options }
  if (env.AMIABLE_TARGETS) return { targets: parseTargets(env.AMIABLE_TARGETS), ...NOTHING_OURS }
  const setting = parseSetting(env.AMIABLE_ASTERISK)
  if (setting.kind === 'off') return { targets: [], ...skip(versions, 'AMIABLE_ASTERISK=off'), ...NOTHING_OURS }
  if (setting.kind === 'server') {
    const target = await named(setting, banner, tryLogin)
    return { targets: [target], ...skip(versions, `AMIABLE_ASTERISK names ${target.name}`), ...NOTHING_OURS }
  }

  const tried = await Promise.allSettled(versions.map((version) => bringUp(version, { log })))
  const servers = tried.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const errors: unknown[] = tried.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  const stop = async () => {
    await Promise.all(servers.filter((server) => !server.adopted).map((server) => server.stop()))
  }
  const revive = async ({ full, version }: RealTarget) => {
    const server = full ? servers.find((one) => one.version === version) : undefined
    if (server === undefined || server.pid !== undefined) return undefined
    const tail = server.logTail()
    await server.start()
    return tail
  }
  // What is our own fault is never skipped.
  const fatal = setting.kind === 'require' ? errors : errors.filter((error) => !(error instanceof UnavailableError))
  if (fatal.length > 0) {
    await stop()
    if (fatal.length === 1) throw fatal[0]
    throw new AggregateError(fatal, fatal.map((error) => messageOf(error)).join('\n'))
  }
  const why = [...new Set(errors.map((error) => messageOf(error)))].join('; ')
  const absent = versions.filter((_, n) => tried[n]?.status === 'rejected')
  return { targets: servers.map(describe), ...skip(absent, why), revive, stop }
}

export function parseSetting(text: string | undefined): Setting {
  if (!text || text === 'auto') return { kind: 'auto' }
  if (text === 'require' || text === 'off') return { kind: text }
  // The user ends at the first colon and the host begins after the last @, so a secret may hold both.
  const match = /^([^:]+):(.*)@(\[[^\]]+\]|[^@:[\]]+)(?::(\d{1,5}))?$/.exec(text)
  const port = match?.[4] === undefined ? DEFAULT_PORT : Number(match[4])
  if (!match || port < 1 || port > 65_535)
    // The value itself may hold a secret: it is not repeated.
    throw new Error('AMIABLE_ASTERISK must be auto, require, off or user:secret@host:port')
  const [, username = '', secret = '', host = ''] = match
  return { kind: 'server', username, secret, host: host.replace(/^\[|\]$/g, ''), port }
}

/** AMI's version goes with Asterisk's: 5.x is 16, 11.x is 22; before Asterisk 15 it did not. */
export function asteriskVersion(greeting: string): number | undefined {
  const match = /^Asterisk Call Manager\/(\d+)\./.exec(greeting)
  if (!match) return undefined
  const major = Number(match[1])
  if (major === 1) return 11
  return major < 4 ? 13 : major + 11
}

function parseTargets(text: string): RealTarget[] {
  try {
    const targets: unknown = JSON.parse(text)
    if (Array.isArray(targets)) return targets as RealTarget[]
  } catch {}
  throw new Error('AMIABLE_TARGETS is not a JSON list: it is set by tools/runner/main.ts, not by hand; unset it')
}

async function named(
  setting: Setting & { kind: 'server' },
  ask: World['banner'],
  tryLogin: World['tryLogin'],
): Promise<RealTarget> {
  const { host, port, username, secret } = setting
  const at = `${host}:${port}`
  const greeting = await ask(host, port)
  if (greeting === undefined)
    throw new Error(`AMIABLE_ASTERISK names ${at}, where nothing answers: is manager.conf enabled and bound there?`)
  const version = asteriskVersion(greeting)
  if (version === undefined) throw new Error(`AMIABLE_ASTERISK names ${at}, which is not an AMI port`)
  const refusal = await tryLogin(host, port, username, secret)
  if (refusal !== undefined) throw new Error(`AMIABLE_ASTERISK names ${at}, which refuses ${username}: ${refusal}`)
  const accounts = { [username]: secret }
  return { name: `Asterisk ${version} at ${at}`, version, host, port, username, secret, accounts, full: false }
}

function describe(server: Server): RealTarget {
  const { name, version, host, port, tlsPort, ca, users } = server
  const accounts = { ...users }
  return { name, version, host, port, tlsPort, ca, username: 'frank', secret: users.frank, accounts, full: true }
}

function skip(versions: readonly AsteriskVersion[], why: string): { skipped?: string } {
  if (versions.length === 0) return {}
  const absent = versions.map((version) => `no Asterisk ${version}`).join(', ')
  return { skipped: `${absent}: ${why.replace(/\s*\n\s*/g, ' ')}` }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
