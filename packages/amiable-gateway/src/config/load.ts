// From a file, or from two variables, to a configuration that holds. Nothing is opened before all of it holds.
import { hostname } from 'node:os'
import { addressOfUrl, SettingsError } from 'amiable-settings'
import { checkConfig, type Environment, parseYaml, readConfigFile, wrongAsWhole } from 'amiable-settings/yaml'
import { faultsOf } from './faults.ts'
import { type Config, configSchema, SERVER_NAME } from './schema.ts'

const FORM = { schema: configSchema, faultsOf }

/** A configuration with the name of this gateway. */
export type LoadedConfig = Config & { readonly gateway: { readonly name: string } }

/**
 * Reads a configuration: the file, or, without one, the Asterisk of `AMIABLE_URL` with the secret in
 * `AMIABLE_SECRET_FILE`.
 * @throws {ConfigError} with every fault
 */
export function loadConfig(path: string | undefined, env: Environment): LoadedConfig {
  if (path === undefined) return withName(checkConfig(ofEnvironment(env), 'AMIABLE_URL', FORM, env))
  return parseConfig(readConfigFile(path), path, env)
}

/**
 * Reads the text of a configuration.
 * @throws {ConfigError} with every fault
 */
export function parseConfig(text: string, where: string, env: Environment): LoadedConfig {
  return withName(parseYaml(text, where, FORM, env))
}

function withName(config: Config): LoadedConfig {
  const { name = ownName() } = config.gateway
  return { ...config, gateway: { name } }
}

function ofEnvironment(env: Environment): unknown {
  if (!env.AMIABLE_URL) {
    throw wrongAsWhole('AMIABLE_URL', 'is missing: give a file, or AMIABLE_URL=ami://user@host and AMIABLE_SECRET_FILE')
  }
  try {
    const { username, host, port, tls } = addressOfUrl(env.AMIABLE_URL, 'AMIABLE_URL')
    const file = env.AMIABLE_SECRET_FILE
    if (!file) throw wrongAsWhole('AMIABLE_SECRET_FILE', 'is missing: it names the file that holds the secret')
    return { asterisks: { [nameOf(host)]: { host, port, username, tls, secret: { file } } } }
  } catch (error) {
    if (error instanceof SettingsError) throw wrongAsWhole('AMIABLE_URL', `cannot be used: ${error.message}`)
    throw error
  }
}

/** Makes a name for an Asterisk, or for this gateway, of the name of a host. */
function nameOf(host: string): string {
  const first = /^[\d.:]+$/.test(host) ? host : (host.split('.')[0] ?? '')
  const name = first.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 32)
  return SERVER_NAME.test(name) && name.toLowerCase() !== 'any' ? name : 'pbx'
}

function ownName(): string {
  const name = (hostname().split('.')[0] ?? '').replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 32)
  return SERVER_NAME.test(name) ? name : 'gateway'
}
