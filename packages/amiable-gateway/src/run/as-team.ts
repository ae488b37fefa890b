// How a verb comes to NATS as a team does: from any machine, with the team's user and without a configuration.
import { readFileSync } from 'node:fs'
import { credsAuthenticator, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node'
import { readOwnedFile, readSecret, usage } from 'amiable-settings'
import { findEmbedded } from '../bus/embedded.ts'
import { namesOf } from '../bus/names.ts'
import { type BusOptions, connectOnce } from '../bus/nats.ts'
import { loadConfig } from '../config/load.ts'
import { NATS_ADDRESS } from '../config/schema.ts'
import { busOptions, type Environment } from './connect.ts'

/** What {@link teamOptions} gives: a configuration, or addresses with a user. */
export interface TeamOptions {
  readonly config?: string
  readonly nats?: string
  readonly creds?: string
  readonly nkey?: string
  readonly user?: string
  readonly passwordFile?: string
  readonly ca?: string
  readonly inbox?: string
  readonly prefix?: string
}

/** A connection of a verb that asks or looks on. */
export interface AsTeam {
  readonly connection: NatsConnection
  readonly prefix: string
  /** The stream of all logs, where this user may read it: not as a team, which has a consumer of its own. */
  readonly stream: string | undefined
  /** The Asterisks of the configuration, where there is one. */
  readonly servers: readonly string[] | undefined
}

/** Connects, does the work and closes the connection. */
export async function asTeam<T>(
  options: TeamOptions,
  env: Environment,
  work: (team: AsTeam) => Promise<T>,
): Promise<T> {
  const { to, ...about } = await reached(options, env)
  const bus = await connectOnce(to)
  try {
    return await work({ connection: bus.connection, ...about })
  } finally {
    await bus.close()
  }
}

async function reached(
  options: TeamOptions,
  env: Environment,
): Promise<Omit<AsTeam, 'connection'> & { to: BusOptions }> {
  if (options.nats !== undefined) {
    const to = { name: 'amiable-gateway', servers: serversOf(options.nats), ...(await userOf(options, env)) }
    return { to, prefix: prefixOf(options.prefix), stream: undefined, servers: undefined }
  }
  const stray = (['creds', 'nkey', 'user', 'passwordFile', 'ca', 'inbox', 'prefix'] as const).find(
    (name) => options[name] !== undefined,
  )
  if (stray !== undefined) throw usage(`${flagOf(stray)} needs --nats`, 'A configuration says this itself.')
  const config = loadConfig(options.config, env)
  const embedded = config.nats.servers === undefined ? findEmbedded(env) : undefined
  const to = await busOptions(config, env, embedded)
  const { prefix, asterisks } = config
  return { to, prefix, stream: namesOf(prefix).all, servers: Object.keys(asterisks) }
}

async function userOf(options: TeamOptions, env: Environment): Promise<Partial<BusOptions>> {
  const { creds, nkey, user, passwordFile, ca, inbox } = options
  const ways = [creds, nkey, user].filter((one) => one !== undefined)
  if (ways.length > 1) throw usage('--creds, --nkey and --user cannot stand beside each other')
  if ((user === undefined) !== (passwordFile === undefined)) throw usage('--user and --password-file go together')
  if (inbox !== undefined && !/^_[A-Za-z0-9_-]{1,63}$/.test(inbox)) {
    throw usage('--inbox must be one token such as _INBOX_crm')
  }
  return {
    ...(creds !== undefined && { authenticator: credsAuthenticator(Buffer.from(ownFile(creds, '--creds'))) }),
    ...(nkey !== undefined && { authenticator: nkeyAuthenticator(Buffer.from(ownFile(nkey, '--nkey').trim())) }),
    ...(user !== undefined && { user }),
    ...(passwordFile !== undefined && { pass: await readSecret({ file: passwordFile }, env) }),
    ...(ca !== undefined && { tls: { ca: authorityOf(ca) } }),
    ...(inbox !== undefined && { inboxPrefix: inbox }),
  }
}

function authorityOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw usage(`--ca must name a file that can be read: ${path}: ${(error as Error).message}`)
  }
}

function ownFile(path: string, flag: string): string {
  const text = readOwnedFile(path, { what: 'file', secret: true })
  if (text === undefined) throw usage(`${flag} must name a file: ${path} is missing`)
  return text
}

function serversOf(text: string): string[] {
  const servers = text.split(',').map((one) => one.trim())
  // a password in it would stand in every list of processes
  if (servers.every((one) => NATS_ADDRESS.test(one))) return servers
  throw usage('--nats must be addresses such as nats://n1:4222,nats://n2:4222, without a user name or a password')
}

function prefixOf(given = 'ami'): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(given)) return given
  throw usage('--prefix must be one token such as ami')
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
