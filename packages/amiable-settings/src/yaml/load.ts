// From the text of a file to a configuration that holds, or to all its faults with their places.
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { didYouMean } from '../nearest.ts'
import { readOwnedFile } from '../owned-file.ts'
import { SettingsError } from '../settings-error.ts'
import type { Environment, Fault, PartialOf, PlacedFault } from './fault.ts'
import { knownKeys, salvaged } from './walk.ts'

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

/** What a configuration must be. */
export interface Form<S extends z.ZodType> {
  readonly schema: S
  /** Finds the faults that values have together. */
  faultsOf(config: PartialOf<z.infer<S>>, env: Environment): Fault[]
}

/**
 * Reads the text of a configuration's file.
 * @param secret whether only its owner may read it
 * @throws {ConfigError} if it is missing, or if others can change it
 */
export function readConfigFile(path: string, secret = false): string {
  let text: string | undefined
  try {
    text = readOwnedFile(path, { what: 'configuration', secret })
  } catch (error) {
    if (error instanceof SettingsError)
      throw wrongAsWhole(path, `cannot be used: ${[error.message, ...error.hints].join('. ')}`)
    throw error
  }
  if (text === undefined) throw wrongAsWhole(path, 'is missing: there is no such file')
  return text
}

/**
 * Reads the text of a configuration.
 * @throws {ConfigError} with every fault
 */
export function parseYaml<S extends z.ZodType>(
  text: string,
  where: string,
  form: Form<S>,
  env: Environment,
): z.infer<S> {
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
    throw wrongAsWhole(where, 'must be YAML with at most 50 uses of an anchor')
  }
  return checkConfig(value, where, form, env, (fault) => placed(fault, document, lines))
}

/**
 * Checks a configuration, and fills in the defaults.
 * @param place finds where a fault stands; without it there is no file
 * @throws {ConfigError} with every fault
 */
export function checkConfig<S extends z.ZodType>(
  value: unknown,
  where: string,
  { schema, faultsOf }: Form<S>,
  env: Environment,
  place?: (fault: Fault) => PlacedFault,
): z.infer<S> {
  const result = schema.safeParse(value)
  const issues = result.success ? [] : result.error.issues.flatMap((issue) => ofIssue(issue, value, schema))
  const isNew = ({ path }: Fault) => !issues.some((one) => named(one.path) === named(path))
  const ofForm = [...issues, ...prototypeFaults(value).filter(isNew)]
  // what is right of a configuration with faults is judged too, so that all faults are named at once
  const right = (result.success ? result.data : salvaged(schema, value)) as PartialOf<z.infer<S>>
  const rest = faultsOf(right, env)
  // a value that is wrong is not missing, and what depends on it cannot be judged
  const isKnown = ({ path, of = [] }: Fault) =>
    ![path, ...of].some((one) => ofForm.some((other) => touches(one, other.path)))
  const faults = [...ofForm, ...rest.filter(isKnown)]
  if (!result.success || faults.length > 0) {
    const nowhere = ({ path, message }: Fault) => ({ path: named(path), line: undefined, column: undefined, message })
    throw new ConfigError(
      where,
      faults.map(place ?? nowhere).sort((one, other) => (one.line ?? 0) - (other.line ?? 0)),
    )
  }
  return result.data
}

/** Finds a name that no object takes as its own: a schema would leave it out and say nothing. */
function prototypeFaults(value: unknown, path: Fault['path'] = []): Fault[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = [...path, Array.isArray(value) ? Number(key) : key]
    return key === '__proto__' ? [{ path: place, message: 'is unknown' }] : prototypeFaults(inner, place)
  })
}

/** Whether one of two places lies inside the other. */
function touches(one: Fault['path'], other: Fault['path']): boolean {
  const length = Math.min(one.length, other.length)
  return one.slice(0, length).join('\0') === other.slice(0, length).join('\0')
}

function ofIssue(issue: z.core.$ZodIssue, root: unknown, schema: z.ZodType): Fault[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path)
    return issue.keys.map((key) => ({ path: [...path, key], message: `is unknown${didYouMean(key, known)}` }))
  }
  // of the forms that a value may have, the one that it comes nearest to
  if (issue.code === 'invalid_union' && typeof valueAt(root, path) === 'object') {
    const [best] = [...issue.errors].sort(
      (one, other) => other[0]!.path.length - one[0]!.path.length || one.length - other.length,
    )
    const inner = best?.filter((one) => one.path.length > 0 || one.code === 'unrecognized_keys') ?? []
    if (inner.length > 0) {
      return inner.flatMap((one) => ofIssue({ ...one, path: [...issue.path, ...one.path] }, root, schema))
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

/** Makes the fault of a configuration as a whole. */
export function wrongAsWhole(where: string, message: string): ConfigError {
  return new ConfigError(where, [{ path: '', line: undefined, column: undefined, message }])
}
