import { checkClient, checkRecord, checkString, checkText, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import { byteLength } from '../../util/text.ts'
import { awaited } from '../caller-frames.ts'
import type { CallOptions } from '../calls/call.ts'
import { checkHelperOptions } from '../calls/check-call.ts'
import type { Client } from '../client.ts'

/** A section of a configuration file. A file may have several of one name. */
export interface ConfigCategory {
  readonly name: string
  /** Whether it is a template, `[name](!)`. */
  readonly template: boolean
  /** The templates that it inherits lines from. Those lines are in `lines` as well. */
  readonly inherits: readonly string[]
  /** Every line in order, repeated names included. */
  readonly lines: readonly (readonly [name: string, value: string])[]
}

/** Holds a configuration file as Asterisk reads it: with the files that it includes, without comments, in order. */
export class ConfigFile {
  readonly filename: string
  readonly categories: readonly ConfigCategory[]

  constructor(filename: string, categories: readonly ConfigCategory[]) {
    checkString('filename', filename, "a file's name")
    if (!Array.isArray(categories)) throw invalid('categories', `must be a list of categories, ${got(categories)}`)
    this.filename = filename
    this.categories = categories
  }

  /**
   * Returns the last value of a name in the first category of that name. Most modules of Asterisk use the last value.
   */
  get(category: string, name: string): string | undefined {
    return this.getAll(category, name).at(-1)
  }

  /** Returns every value of a name in the first category of that name, in order. */
  getAll(category: string, name: string): string[] {
    checkString('category', category, "a category's name")
    checkString('name', name, "a line's name")
    const found = this.categories.find((one) => one.name === category)
    return (found?.lines ?? []).filter(([one]) => one === name).map(([, value]) => value)
  }
}

/**
 * Reads a configuration file of the server, with its templates. The account needs the write right `config` or `system`.
 * Rejects with `AMI_ARGUMENT` for a wrong name of a file or a category. Rejects with `AMI_REFUSED` if the file does not
 * exist, or AMI may not read it.
 * @param options.category reads this category only; the file has none if the category does not exist
 */
export function getConfig(
  client: Pick<Client, 'sendRaw'>,
  filename: string,
  options: CallOptions & { category?: string | undefined } = {},
): Promise<ConfigFile> {
  return awaited(checkAndReadConfig(client, filename, options))
}

async function checkAndReadConfig(
  client: Pick<Client, 'sendRaw'>,
  filename: string,
  options: CallOptions & { category?: string | undefined },
): Promise<ConfigFile> {
  checkClient(client)
  checkRecord('options', options)
  const { category, ...call } = options
  checkFilename('filename', filename)
  if (category !== undefined) checkText('category', category, "a category's name")
  checkHelperOptions(call)
  return readConfig(client, filename, category, call)
}

/** Reads a file whose name has been checked. */
export async function readConfig(
  client: Pick<Client, 'sendRaw'>,
  filename: string,
  category: string | undefined,
  options: CallOptions,
): Promise<ConfigFile> {
  const params = { Filename: filename, Category: category, Filter: 'TEMPLATES=include' }
  const { headers } = await client.sendRaw('GetConfig', params, options)
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

// main/config.c:config_text_file_load looks for it by glob(), and has 256 bytes for it with its directory
const FILENAME_BYTES = 200

/** Checks a file's name: one that is a pattern would read many files, and write them all into one. */
export function checkFilename(argument: string, value: unknown): void {
  const name = checkText(argument, value, "a file's name")
  if (/[*?[\]{}~]/.test(name)) throw invalid(argument, `must not be a pattern of files, ${got(name)}`)
  if (name.trim() !== name) throw invalid(argument, 'must not begin or end with a blank')
  if (byteLength(name, 'utf8') > FILENAME_BYTES) throw invalid(argument, `must be at most ${FILENAME_BYTES} bytes long`)
}

function halves(line: string): [string, string] {
  const equals = line.indexOf('=')
  return equals === -1 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)]
}
