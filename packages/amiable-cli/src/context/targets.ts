import { addressOfUrl, readGivenFile, urlOf } from 'amiable-settings'
import { didYouMean, usage } from '../errors/usage.ts'
import { type Config, type Context, readConfig } from './config-file.ts'
import { configPath, type Environment } from './places.ts'

/** A server that a verb works on. */
export interface Target {
  /** The context's name, or the host and port of a URL: the `source` of everything that comes from it. */
  readonly name: string
  readonly context: Context
}

/** How the user says which servers are meant. */
export interface TargetOptions {
  readonly context?: readonly string[]
  readonly all?: boolean
  readonly host?: string
}

/**
 * Finds the servers that are meant: by options, `AMIABLE_CONTEXT`, `AMIABLE_URL`, or the context in use.
 * @throws {CliError} if there is none, or no such context
 */
export function targetsFor({ context, all, host }: TargetOptions, env: Environment): Target[] {
  const ways = [context !== undefined && '--context', all && '--all', host !== undefined && '--host'].filter(Boolean)
  if (ways.length > 1) throw usage(`${ways.join(' and ')} cannot be given together`)
  if (host !== undefined) return [ofUrl(host, '--host')]
  const config = () => readConfig(configPath(env))
  if (all) {
    const { contexts } = config()
    const names = Object.keys(contexts)
    if (names.length === 0) throw none()
    return names.map((name) => ({ name, context: contexts[name] as Context }))
  }
  const named = context ?? (env.AMIABLE_CONTEXT ? [env.AMIABLE_CONTEXT] : undefined)
  if (named !== undefined) return byName(named, config())
  if (env.AMIABLE_URL) return [ofUrl(env.AMIABLE_URL, 'AMIABLE_URL')]
  const found = config()
  if (found.current !== undefined) return byName([found.current], found)
  const [only, second] = Object.keys(found.contexts)
  if (only !== undefined && second === undefined) return byName([only], found)
  throw only === undefined ? none() : usage('no context is in use', 'amiable context use NAME, or --context NAME')
}

function byName(given: readonly string[], { contexts }: Config): Target[] {
  const names = [...new Set(given.flatMap((text) => text.split(',')).map((name) => name.trim()))].filter(Boolean)
  if (names.length === 0) throw usage('--context and AMIABLE_CONTEXT must name a context')
  return names.map((name) => {
    const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined
    if (context !== undefined) return { name, context }
    const known = Object.keys(contexts)
    const hint = known.length === 0 ? 'There are none yet: amiable context add' : `There are ${known.join(', ')}.`
    throw usage(`there is no context ${name}${didYouMean(name, known)}`, hint)
  })
}

function ofUrl(text: string, where: string): Target {
  const context = addressOfUrl(text, where)
  return { name: new URL(urlOf(context)).host, context }
}

function none() {
  return usage('no server: which Asterisk is meant?', 'amiable context add NAME --host ami://user@host, or --host once')
}

/** Reads the certificates that a context trusts. */
export function certificatesOf({ ca }: Context): string | undefined {
  if (ca === undefined) return undefined
  let text: string
  try {
    text = readGivenFile(ca)
  } catch (error) {
    throw usage(`the certificates in ${ca} cannot be read: ${(error as Error).message}`)
  }
  // Node would take an empty text for none, and trust the public authorities
  if (!/-----BEGIN [\w ]*CERTIFICATE-----/.test(text)) throw usage(`there is no certificate in ${ca}`)
  return text
}
