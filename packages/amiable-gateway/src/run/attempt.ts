// What `check --connect` tries: each user of NATS, the streams, a login at each Asterisk, and all rights. It changes nothing.
import { connect } from 'amiable'
import { CliError, EXIT } from 'amiable-settings'
import { findServer } from '../bus/embedded.ts'
import { logFacts } from '../bus/log-facts.ts'
import { StoreError } from '../bus/log-store.ts'
import { namesOf } from '../bus/names.ts'
import { type Bus, connectOnce } from '../bus/nats.ts'
import { ensureStreams } from '../bus/streams.ts'
import type { LoadedConfig } from '../config/load.ts'
import { triedAccount } from './account-rights.ts'
import { busOptions, type Environment, sessionOptions } from './connect.ts'
import { digestOf } from './digest.ts'
import { streamsOf } from './gateway.ts'
import { triedAnswers, triedRights, wantedOfLog } from './nats-rights.ts'

const PATIENCE = 10_000

/** One thing that was tried. */
export interface Tried {
  readonly what: string
  /** What was found; absent where it failed. */
  readonly found?: string
  readonly error?: unknown
}

/** Tries what a gateway of this configuration would open. */
export async function tryAll(config: LoadedConfig, env: Environment): Promise<Tried[]> {
  const { servers, answers } = config.nats
  const ofNats =
    servers === undefined
      ? [attempt('nats-server', () => program(env))]
      : [
          attempt('NATS', () => logUser(config, env)),
          ...(answers === undefined ? [] : [attempt('NATS, answers', () => answersUser(config, env))]),
        ]
  const ofAsterisks = Object.entries(config.asterisks).map(([name, asterisk]) =>
    ofAsterisk(name, asterisk, config, env),
  )
  return (await Promise.all([...ofNats.map(async (one) => [await one]), ...ofAsterisks])).flat()
}

async function ofAsterisk(
  name: string,
  asterisk: LoadedConfig['asterisks'][string],
  config: LoadedConfig,
  env: Environment,
): Promise<Tried[]> {
  const session = sessionOptions(name, asterisk, env)
  const login = await attempt(name, async () => {
    const ami = await connect({ ...session, events: 'off' as const }, { signal: AbortSignal.timeout(PATIENCE) })
    const { version } = ami
    await ami.close()
    return `logged in as ${asterisk.username}, AMI ${version ?? 'of no version'}`
  })
  // a login that is refused again is one more line in the log that bans addresses
  if (login.error !== undefined) return [login]
  return [login, await attempt(`${name}, rights`, () => triedAccount(session, asterisk, config))]
}

async function attempt(what: string, work: () => Promise<string>): Promise<Tried> {
  try {
    return { what, found: await work() }
  } catch (error) {
    return { what, error }
  }
}

async function program(env: Environment): Promise<string> {
  const { path, version } = await findServer(env)
  return `${version} at ${path}, which a gateway starts`
}

async function logUser(config: LoadedConfig, env: Environment): Promise<string> {
  const bus = await connectOnce(await busOptions(config, env, undefined))
  try {
    const rights = await triedRights(bus, wantedOfLog(config))
    const wanted = { ...streamsOf(config, namesOf(config.prefix), bus), manage: false }
    const changes = await ensureStreams(bus, wanted, { signal: AbortSignal.timeout(PATIENCE) })
    const lacking = changes.map(({ stream, change }) => `${change} ${stream}`)
    const version = bus.connection.info?.version
    const streams = lacking.length === 0 ? 'the streams are as wanted' : `to do: ${lacking.join(', ')}`
    return [`nats-server ${version}, ${streams}`, rights, ...(await writersOf(bus, config))].join('; ')
  } finally {
    await bus.close()
  }
}

/** Says who writes each log. @throws {CliError} where a writer has another account or other events */
async function writersOf(bus: Bus, { asterisks, prefix }: LoadedConfig): Promise<string[]> {
  const all = Object.entries(asterisks).map(async ([name, asterisk]) => {
    const facts = await logFacts(bus, namesOf(prefix), prefix, name).catch((error: unknown) => {
      if (error instanceof StoreError) return undefined
      throw error
    })
    if (!facts?.isWritten || facts.writer === null) return []
    const { gateway } = facts.writer
    if (facts.digest === null || facts.digest === digestOf(asterisk)) return [`${gateway} writes ${name}`]
    const text = `${gateway} writes ${name} with another username or other events: all gateways need the same`
    throw new CliError(text, { exit: EXIT.refused, code: 'WRITER' })
  })
  return (await Promise.all(all)).flat()
}

async function answersUser(config: LoadedConfig, env: Environment): Promise<string> {
  const bus = await connectOnce(await busOptions(config, env, undefined, 'answers'))
  try {
    return await triedAnswers(bus, config)
  } finally {
    await bus.close()
  }
}
