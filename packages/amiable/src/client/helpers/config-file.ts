import { got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import type { ParamValue } from '../../wire/encoder.ts'
import { MOST_HEADERS } from '../../wire/encoder.ts'
import type { CallOptions } from '../calls/call.ts'
import type { Client } from '../client.ts'

/** A section of a configuration file; a file may hold several of one name. */
export interface ConfigCategory {
  readonly name: string
  /** Whether it is a template, `[name](!)`. */
  readonly template: boolean
  /** The templates that it takes lines from; those lines are among its `lines`. */
  readonly inherits: readonly string[]
  /** Every line in order, repeated names included. */
  readonly lines: readonly (readonly [name: string, value: string])[]
}

/** A configuration file as Asterisk reads it: includes followed, comments gone, order and repetitions kept. */
export class ConfigFile {
  readonly filename: string
  readonly categories: readonly ConfigCategory[]

  constructor(filename: string, categories: readonly ConfigCategory[]) {
    this.filename = filename
    this.categories = categories
  }

  /** The last value of a name in the first category so named, for the last one is what most modules use. */
  get(category: string, name: string): string | undefined {
    return this.getAll(category, name).at(-1)
  }

  /** Every value of a name in the first category so named, in order. */
  getAll(category: string, name: string): string[] {
    const found = this.categories.find((one) => one.name === category)
    return (found?.lines ?? []).filter(([one]) => one === name).map(([, value]) => value)
  }
}

/** One change of a configuration file; the first category of that name is meant. */
export type ConfigChange = ConfigChangeKind & {
  readonly category: string
  /** Which categories are looked at, in Asterisk's words: `TEMPLATES=include` to change a template. */
  readonly filter?: string | undefined
}

type ConfigChangeKind =
  | {
      readonly change: 'newCategory'
      readonly template?: boolean | undefined
      /** The templates that it takes lines from. */
      readonly inherits?: readonly string[] | undefined
      /** Whether it may be there already. @default false */
      readonly duplicate?: boolean | undefined
    }
  | { readonly change: 'renameCategory'; readonly to: string }
  | { readonly change: 'deleteCategory' | 'emptyCategory' }
  | ({ readonly change: 'append' } & ConfigLine)
  | ({ readonly change: 'insert' /** Before which line, from 0. */; readonly line: number } & ConfigLine)
  | ({
      readonly change: 'update' /** Only where the value is this. */
      readonly match?: string | undefined
    } & ConfigLine)
  | {
      readonly change: 'delete'
      readonly name: string
      /** Only where the value is this. */
      readonly match?: string | undefined
      /** Only this line, from 0. */
      readonly line?: number | undefined
    }

interface ConfigLine {
  readonly name: string
  readonly value: ParamValue
  /** Writes `name => value`. @default false */
  readonly object?: boolean | undefined
}

/** How a configuration file is changed. */
export interface UpdateConfigOptions extends Omit<CallOptions, 'variables' | 'retry' | 'actionId'> {
  /** The file to write. @default the one that is read */
  to?: string | undefined
  /** Reloads this module afterwards, or all with `true`. @default false */
  reload?: string | boolean | undefined
}

/**
 * Reads a configuration file of the server, templates included. Needs the write right `config` or `system`.
 * @param options.category reads this category only; none are there where it is not
 * Rejects with `AMI_REFUSED` where there is no such file, or none that AMI may read.
 */
export async function getConfig(
  client: Pick<Client, 'sendRaw'>,
  filename: string,
  options: CallOptions & { category?: string | undefined } = {},
): Promise<ConfigFile> {
  const { category, ...call } = options
  const params = { Filename: filename, Category: category, Filter: 'TEMPLATES=include' }
  const { headers } = await client.sendRaw('GetConfig', params, call)
  const categories = new Map<string, ConfigCategory & { lines: [string, string][] }>()
  for (const [header, value] of headers) {
    const [, kind, number = ''] = /^(Category|IsTemplate|Templates|Line)-(\d+)(?:-\d+)?$/.exec(header) ?? []
    const one = categories.get(number)
    if (kind === 'Category') categories.set(number, { name: value, template: false, inherits: [], lines: [] })
    else if (kind === 'IsTemplate' && one) categories.set(number, { ...one, template: true })
    else if (kind === 'Templates' && one) categories.set(number, { ...one, inherits: value.split(',') })
    else if (kind === 'Line' && one) one.lines.push(halves(value))
  }
  return new ConfigFile(filename, [...categories.values()])
}

// Action, ActionID, SrcFilename, DstFilename, Reload
const OWN_HEADERS = 5

/**
 * Changes a configuration file of the server, in the order given. Needs the write right `config`.
 * Asterisk takes 128 headers an action, some 31 changes: more than these go in several actions, each of which is done
 * wholly or not at all. Asterisk writes the file anew: comments are gone.
 * @throws {ArgumentError} at once for a value that would not be written as it is
 * Rejects with `AMI_REFUSED` for a change that cannot be made.
 */
export function updateConfig(
  client: Pick<Client, 'sendRaw'>,
  filename: string,
  changes: readonly ConfigChange[],
  options: UpdateConfigOptions = {},
): Promise<void> {
  const { to = filename, reload = false, ...call } = options
  const parts = partsOf(changes.map(headersOf))
  const send = async () => {
    for (const [index, part] of parts.entries()) {
      const last = index === parts.length - 1
      const own = {
        SrcFilename: index === 0 ? filename : to,
        DstFilename: to,
        // reads the value as a module's name, or as yes or no
        Reload: last && reload !== false ? (reload === true ? 'yes' : reload) : undefined,
      }
      const numbered = part.flatMap((headers, n) =>
        Object.entries(headers).map(([name, value]) => [`${name}-${String(n).padStart(6, '0')}`, value]),
      )
      await client.sendRaw('UpdateConfig', { ...own, ...Object.fromEntries(numbered) }, call)
    }
  }
  return send()
}

type ChangeHeaders = Record<string, ParamValue>

function partsOf(all: readonly ChangeHeaders[]): ChangeHeaders[][] {
  const parts: ChangeHeaders[][] = []
  let room = 0
  for (const headers of all) {
    const count = Object.keys(headers).length
    if (count > room) {
      parts.push([])
      room = MOST_HEADERS - OWN_HEADERS
    }
    parts.at(-1)?.push(headers)
    room -= count
  }
  return parts
}

// main/manager.c:handle_updates; its numbers are read from 000000 up to the first that is missing
function headersOf(change: ConfigChange): ChangeHeaders {
  const { category: Cat, filter } = change
  const options = filter === undefined ? [] : [`catfilter="${filter}"`]
  const withOptions = (headers: ChangeHeaders) =>
    options.length === 0 ? headers : { ...headers, Options: options.join(',') }
  switch (change.change) {
    case 'newCategory':
      if (change.template) options.push('template')
      if (change.inherits?.length) options.push(`inherit="${change.inherits.join(',')}"`)
      if (change.duplicate) options.push('allowdups')
      return withOptions({ Action: 'NewCat', Cat })
    case 'renameCategory':
      return withOptions({ Action: 'RenameCat', Cat, Value: change.to })
    case 'deleteCategory':
      return withOptions({ Action: 'DelCat', Cat })
    case 'emptyCategory':
      return withOptions({ Action: 'EmptyCat', Cat })
    case 'append':
      return withOptions({ Action: 'Append', Cat, Var: change.name, Value: written(change) })
    case 'insert':
      return withOptions({ Action: 'Insert', Cat, Var: change.name, Value: written(change), Line: change.line })
    case 'update':
      return withOptions({
        Action: 'Update',
        Cat,
        Var: change.name,
        Value: written(change),
        ...(change.match !== undefined && { Match: change.match }),
      })
    case 'delete':
      return withOptions({
        Action: 'Delete',
        Cat,
        Var: change.name,
        ...(change.match !== undefined && { Match: change.match }),
        ...(change.line !== undefined && { Line: change.line }),
      })
    default:
      throw invalid('change', `must be one of the kinds of change, ${got((change as { change: unknown }).change)}`)
  }
}

function written({ value, object = false }: ConfigLine): ParamValue {
  // a value that begins so makes the line an object's and loses it
  if (!object && String(value).startsWith('>'))
    throw invalid('value', "must not begin with '>', which Asterisk takes for `name => value`")
  return object ? `>${value}` : value
}

function halves(line: string): [string, string] {
  const equals = line.indexOf('=')
  return equals === -1 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)]
}
