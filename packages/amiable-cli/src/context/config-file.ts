import { rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, readOwnedFile, replaceFile, type SecretSource } from 'amiable-settings'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { didYouMean } from '../errors/usage.ts'

/** A server, and how to log in to it. */
export interface Context {
  readonly host: string
  readonly port?: number
  readonly username: string
  readonly tls?: boolean
  /** A file with the certificates to trust. */
  readonly ca?: string
  readonly secret?: SecretSource
  /** Asks before anything is changed. */
  readonly protect?: boolean
  /** Refuses whatever changes something. */
  readonly readOnly?: boolean
}

/** The settings of a user. */
export interface Config {
  /** The context in use. */
  readonly current?: string
  readonly contexts: Readonly<Record<string, Context>>
}

const SECRET_SOURCES = ['file', 'env', 'command', 'credential'] as const
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/

/** Reads the settings; there are none before the first context. */
export function readConfig(path: string): Config {
  const text = readOwnedFile(path, { what: 'configuration', secret: false })
  return text === undefined ? { contexts: {} } : parseConfig(text, path)
}

/**
 * Changes the settings as they are now. Of two programs that change them at once one waits.
 * @throws {CliError} for what no reader takes, or if another program does not end
 */
export function changeConfig(path: string, change: (config: Config) => Config): void {
  const lock = `${path}.lock`
  lockFile(lock)
  try {
    writeConfig(path, change(readConfig(path)))
  } finally {
    rmSync(lock, { force: true })
  }
}

// milliseconds that another program may take for a change, and between two looks whether it is done
const PATIENCE = 3_000
const LOOK = 10

function lockFile(lock: string): void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  for (let waited = 0; ; waited += LOOK) {
    try {
      makeFolder(dirname(lock), 0o700)
      writeFileSync(lock, '', { flag: 'wx', mode: 0o600 })
      return
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code !== 'EEXIST') throw fault(`the configuration cannot be changed: ${message}`)
      if (waited >= PATIENCE) {
        throw new CliError(`${lock} is there: another amiable changes the configuration`, {
          exit: EXIT.usage,
          code: 'CONFIG',
          hints: [`If none does: rm ${lock}`],
        })
      }
      Atomics.wait(sleeper, 0, 0, LOOK)
    }
  }
}

/** Writes the settings so that a reader sees the old ones or the new ones. @throws {CliError} for what no reader takes */
export function writeConfig(path: string, config: Config): void {
  const text = JSON.stringify(config, undefined, 2)
  parseConfig(text, path)
  try {
    replaceFile(path, `${text}\n`)
  } catch (error) {
    throw fault(`the configuration ${path} cannot be written: ${(error as Error).message}`)
  }
}

/** Reads and checks settings; every fault says which value is wrong. */
export function parseConfig(text: string, path: string): Config {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw fault(`the configuration ${path} is no JSON: ${(error as Error).message}`)
  }
  const check = new Checker(path)
  const config = check.record('', value, ['current', 'contexts'])
  const contexts = check.record('contexts', config.contexts ?? {})
  const checked = Object.entries(contexts).map(([name, one]) => {
    if (!NAME.test(name)) throw check.fault(`contexts.${name}`, 'must have a name of letters, digits, . _ and -')
    return [name, contextOf(check, `contexts.${name}`, one)] as const
  })
  const current = check.optional('current', config.current, 'string')
  if (current !== undefined && !Object.hasOwn(contexts, current)) {
    throw check.fault('current', `must name a context${didYouMean(current, Object.keys(contexts))}`)
  }
  return { ...(current !== undefined && { current }), contexts: Object.fromEntries(checked) }
}

/** Whether a name is fit for a context. */
export function isContextName(name: string): boolean {
  return NAME.test(name)
}

function contextOf(check: Checker, at: string, value: unknown): Context {
  const KEYS = ['host', 'port', 'username', 'tls', 'ca', 'secret', 'protect', 'readOnly']
  const given = check.record(at, value, KEYS)
  const port = check.optional(`${at}.port`, given.port, 'number')
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw check.fault(`${at}.port`, 'must be a whole number from 1 to 65535')
  }
  const username = check.required(`${at}.username`, given.username)
  // it would end a line of the login
  if (/\p{Cc}/u.test(username)) throw check.fault(`${at}.username`, 'must have no control characters')
  const context = {
    host: check.required(`${at}.host`, given.host),
    port,
    username,
    tls: check.optional(`${at}.tls`, given.tls, 'boolean'),
    ca: check.optional(`${at}.ca`, given.ca, 'string'),
    secret: given.secret === undefined ? undefined : secretOf(check, `${at}.secret`, given.secret),
    protect: check.optional(`${at}.protect`, given.protect, 'boolean'),
    readOnly: check.optional(`${at}.readOnly`, given.readOnly, 'boolean'),
  }
  return Object.fromEntries(Object.entries(context).filter(([, one]) => one !== undefined)) as unknown as Context
}

function secretOf(check: Checker, at: string, value: unknown): SecretSource {
  if (typeof value === 'string') {
    throw check.fault(
      at,
      'must say where the secret is, as in { "file": "…" }: no secret belongs into the configuration',
    )
  }
  const given = check.record(at, value, [...SECRET_SOURCES])
  const [first, second] = Object.keys(given)
  if (first === undefined || second !== undefined) {
    throw check.fault(at, `must have one of ${SECRET_SOURCES.join(', ')}`)
  }
  return { [first]: check.required(`${at}.${first}`, given[first]) }
}

/** Checks values and names the one that is wrong. */
class Checker {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  record(at: string, value: unknown, keys?: readonly string[]): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.fault(at || 'the file', 'must be an object')
    }
    for (const key of Object.keys(value)) {
      if (keys === undefined || keys.includes(key)) continue
      throw this.fault(at ? `${at}.${key}` : key, `is unknown${didYouMean(key, keys)}`)
    }
    return value as Record<string, unknown>
  }

  required(at: string, value: unknown): string {
    if (value === undefined) throw this.fault(at, 'is missing')
    const text = this.optional(at, value, 'string')
    if (text === '') throw this.fault(at, 'must not be empty')
    return text as string
  }

  optional(at: string, value: unknown, type: 'string'): string | undefined
  optional(at: string, value: unknown, type: 'number'): number | undefined
  optional(at: string, value: unknown, type: 'boolean'): boolean | undefined
  optional(at: string, value: unknown, type: string): unknown {
    if (value === undefined || typeof value === type) return value
    throw this.fault(at, `must be a ${type}`)
  }

  fault(at: string, why: string): CliError {
    return fault(`${this.#path}: ${at} ${why}`)
  }
}

function fault(message: string): CliError {
  return new CliError(message, { exit: EXIT.usage, code: 'CONFIG' })
}
