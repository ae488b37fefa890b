// From a file, or from two variables, to a configuration that holds. Nothing is opened before all of it holds.
import { hostname } from 'node:os'
import { addressOfUrl, didYouMean, readOwnedFile, SettingsError } from 'amiable-settings'
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type Environment, type Fault, faultsOf, type PartialConfig } from './faults.ts'
import { type Config, configSchema, SERVER_NAME } from './schema.ts'
import { knownKeys, salvaged } from './walk.ts'

/** A fault with its place in the file. */
export interface PlacedFault {
  /** As in `asterisks.pbx1.port`; empty for the file itself. */
  readonly path: string
  /** The line and the column, from 1. Absent where there is no file. */
  readonly line: number | undefined
  readonly column: number | undefined
  readonly message: string
}

/** Says everything that is wrong with a configuration. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly PlacedFault[]

  constructor(where: string, faults: readonly PlacedFault[]) {
    const lines = faults.map(({ path, line, column, message }) => {
      const place = line === undefined ? where : `${where}:${line}:${column}`
      return `${place}: ${path === '' ? 'the configuration' : path} ${message}`
    })
    super(lines.join('\n'))
    this.faults = faults
  }
}

/** A configuration with the name of this gateway. */
export type LoadedConfig = Config & { readonly gateway: { readonly name: string } }

/**
 * Reads a configuration: the file, or, without one, the Asterisk of `AMIABLE_URL` with the secret in
 * `AMIABLE_SECRET_FILE`.
 * @throws {ConfigError} with every fault
 */
export function loadConfig(path: string | undefined, env: Environment): LoadedConfig {
  if (path === undefined) return parsed(ofEnvironment(env), undefined, 'AMIABLE_URL', env)
  let text: string | undefined
  try {
    text = readOwnedFile(path, { what: 'configuration', secret: false })
  } catch (error) {
    if (error instanceof SettingsError)
      throw whole(path, `cannot be used: ${[error.message, ...error.hints].join('. ')}`)
    throw error
  }
  if (text === undefined) throw whole(path, 'is missing: there is no such file')
  return parseConfig(text, path, env)
}

/**
 * Reads the text of a configuration.
 * @throws {ConfigError} with every fault
 */
export function parseConfig(text: string, where: string, env: Environment): LoadedConfig {
  const lines = new LineCounter()
  // prettyErrors would quote lines of the file, which may hold what should not be there
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const found = [...document.errors, ...document.warnings].map(({ pos, message }) => {
    const { line, col } = lines.linePos(pos[0])
    return { path: '', line, column: col, message: `must be YAML: ${message.split(/[:"'`]/)[0]}` }
  })
  if (found.length > 0) throw new ConfigError(where, found)
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 50 }) ?? {}
  } catch {
    throw whole(where, 'must be YAML with at most 50 uses of an anchor')
  }
  return parsed(value, (fault) => placed(fault, document, lines), where, env)
}

function parsed(
  value: unknown,
  place: ((fault: Fault) => PlacedFault) | undefined,
  where: string,
  env: Environment,
): LoadedConfig {
  const result = configSchema.safeParse(value)
  const ofForm = result.success ? [] : result.error.issues.flatMap((issue) => ofIssue(issue, value))
  // what is right of a configuration with faults is judged too, so that all faults are named at once
  const rest = faultsOf((result.success ? result.data : salvaged(configSchema, value)) as PartialConfig, env)
  const faults = [...ofForm, ...rest.filter((fault) => !ofForm.some((other) => touches(fault.path, other.path)))]
  if (!result.success || faults.length > 0) {
    const nowhere = ({ path, message }: Fault) => ({ path: named(path), line: undefined, column: undefined, message })
    throw new ConfigError(
      where,
      faults.map(place ?? nowhere).sort((one, other) => (one.line ?? 0) - (other.line ?? 0)),
    )
  }
  const { name = ownName() } = result.data.gateway
  return { ...result.data, gateway: { name } }
}

/** Whether one of two places lies inside the other. */
function touches(one: Fault['path'], other: Fault['path']): boolean {
  const length = Math.min(one.length, other.length)
  return one.slice(0, length).join('\0') === other.slice(0, length).join('\0')
}

function ofIssue(issue: z.core.$ZodIssue, root: unknown): Fault[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(configSchema, path)
    return issue.keys.map((key) => ({ path: [...path, key], message: `is unknown${didYouMean(key, known)}` }))
  }
  // of the forms that a value may have, the one that it comes nearest to
  if (issue.code === 'invalid_union' && typeof valueAt(root, path) === 'object') {
    const [best] = [...issue.errors].sort(
      (one, other) => other[0]!.path.length - one[0]!.path.length || one.length - other.length,
    )
    const inner = best?.filter((one) => one.path.length > 0 || one.code === 'unrecognized_keys') ?? []
    if (inner.length > 0) {
      return inner.flatMap((one) => ofIssue({ ...one, path: [...issue.path, ...one.path] }, root))
    }
  }
  return [{ path, message: issue.message }]
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], root)
}

/** Finds where a fault stands: at its key, or, if something is missing, at what should hold it. */
function placed({ path, message }: Fault, document: Document, lines: LineCounter): PlacedFault {
  let offset: number | undefined
  for (let length = path.length; length > 0 && offset === undefined; length--) {
    const holder = document.getIn(path.slice(0, length - 1), true)
    const key = path[length - 1]
    if (isMap(holder)) {
      const pair = holder.items.find((item) => isPair(item) && isNode(item.key) && String(item.key) === String(key))
      if (isNode(pair?.key)) offset = pair.key.range?.[0]
    } else {
      const node = document.getIn(path.slice(0, length), true)
      if (isNode(node)) offset = node.range?.[0]
    }
  }
  const { line, col } = lines.linePos(offset ?? 0)
  return { path: named(path), line: Math.max(line, 1), column: Math.max(col, 1), message }
}

function named(path: readonly (string | number)[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '')
}

function whole(where: string, message: string): ConfigError {
  return new ConfigError(where, [{ path: '', line: undefined, column: undefined, message }])
}

function ofEnvironment(env: Environment): unknown {
  if (!env.AMIABLE_URL) {
    throw whole('AMIABLE_URL', 'is missing: give a file, or AMIABLE_URL=ami://user@host and AMIABLE_SECRET_FILE')
  }
  try {
    const { username, host, port, tls } = addressOfUrl(env.AMIABLE_URL, 'AMIABLE_URL')
    const file = env.AMIABLE_SECRET_FILE
    if (!file) throw whole('AMIABLE_SECRET_FILE', 'is missing: it names the file that holds the secret')
    return { asterisks: { [nameOf(host)]: { host, port, username, tls, secret: { file } } } }
  } catch (error) {
    if (error instanceof SettingsError) throw whole('AMIABLE_URL', `cannot be used: ${error.message}`)
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
