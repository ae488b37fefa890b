import { checkBoolean, checkChoice, checkRecord, checkWhole, got, gotSecret, unknownName } from '../../check.ts'
import { ArgumentError, invalid } from '../../errors.ts'
import { byteLength } from '../../util/text.ts'
import { LINE_BYTES, type ParamValue } from '../../wire/encoder.ts'

/**
 * A change of a configuration file. It applies to every category of that name, except templates. Asterisk ignores upper
 * and lower case in names of categories, and in names and values of lines.
 */
export type ConfigChange = ConfigChangeKind & {
  readonly category: string
  /** Selects categories, in Asterisk's words: `TEMPLATES=include` to change a template. */
  readonly filter?: string | undefined
}

type ConfigChangeKind =
  | {
      readonly change: 'newCategory'
      readonly template?: boolean | undefined
      /** The templates that the category inherits lines from. */
      readonly inherits?: readonly string[] | undefined
      /** Whether a category of this name may already exist. @default false */
      readonly duplicate?: boolean | undefined
    }
  | { readonly change: 'renameCategory'; readonly to: string }
  | { readonly change: 'deleteCategory' | 'emptyCategory' }
  | ({
      readonly change: 'append'
    } & ConfigLine)
  | {
      readonly change: 'insert'
      /** The line before which the new line goes, from 0. The number of lines puts it after the last. */
      readonly line: number
      readonly name: string
      readonly value: ParamValue
    }
  | ({
      /** Changes the last line of that name. */
      readonly change: 'update'
      /** Only a line with this value. */
      readonly match?: string | undefined
    } & ConfigLine)
  | {
      /** Deletes every line of that name. */
      readonly change: 'delete'
      readonly name: string
      /** Only a line with this value. */
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

const fields: Readonly<Record<ConfigChange['change'], readonly string[]>> = {
  newCategory: ['template', 'inherits', 'duplicate'],
  renameCategory: ['to'],
  deleteCategory: [],
  emptyCategory: [],
  append: ['name', 'value', 'object'],
  insert: ['line', 'name', 'value'],
  update: ['match', 'name', 'value', 'object'],
  delete: ['name', 'match', 'line'],
}

/**
 * Checks changes: Asterisk writes names, categories and values as they are (main/config.c:ast_config_text_file_save2),
 * so that what its parser reads as something else (process_text_line, config_text_file_load) is refused.
 * @throws {ArgumentError} naming the field, and which of the changes
 */
export function checkChanges(changes: readonly ConfigChange[]): void {
  if (!Array.isArray(changes)) throw invalid('changes', `must be a list of changes, ${got(changes)}`)
  for (const [index, change] of changes.entries()) {
    try {
      checkChange(change)
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error
      throw new ArgumentError(`${error.message} (changes[${index}])`, { argument: error.argument })
    }
  }
}

function checkChange(change: ConfigChange): void {
  checkRecord('change', change, 'an object such as { change, category, name, value }')
  const kind = checkChoice('change', change.change, Object.keys(fields) as ConfigChange['change'][])
  const known = Object.fromEntries(['change', 'category', 'filter', ...fields[kind]].map((name) => [name, true]))
  for (const name of Object.keys(change)) if (!Object.hasOwn(known, name)) throw unknownName(name, known)
  checkCategory('category', change.category)
  checkFilter(change.filter)
  switch (change.change) {
    case 'newCategory':
      checkBoolean('template', change.template)
      checkBoolean('duplicate', change.duplicate)
      checkInherits(change.inherits)
      break
    case 'renameCategory':
      checkCategory('to', change.to)
      break
    case 'append':
    case 'insert':
    case 'update':
      checkName(change.name)
      checkValue(change.value, change.change === 'insert' ? undefined : change.object)
      if (change.change === 'insert') checkWhole('line', change.line, 0)
      if (change.change === 'update') checkMatch(change.match)
      break
    case 'delete':
      checkName(change.name)
      checkMatch(change.match)
      if (change.line !== undefined) checkWhole('line', change.line, 0)
      break
  }
}

// struct ast_category of main/config.c has 80 bytes for it
const CATEGORY_BYTES = 79

function checkCategory(argument: string, name: unknown): asserts name is string {
  if (typeof name !== 'string' || name === '') throw invalid(argument, `must be a category's name, ${got(name)}`)
  // [name;… is a comment, and [name](!) a template
  if (/[\r\n\0;\]]/.test(name)) throw invalid(argument, "must not hold ']', ';', CR, LF or NUL")
  if (beginsBlank(name)) throw invalid(argument, 'must not begin with a blank or a control character')
  if (byteLength(name, 'utf8') > CATEGORY_BYTES) throw invalid(argument, `must be at most ${CATEGORY_BYTES} bytes long`)
}

function checkInherits(inherits: unknown): void {
  if (inherits === undefined) return
  if (!Array.isArray(inherits)) throw invalid('inherits', `must be a list of names of templates, ${got(inherits)}`)
  for (const name of inherits) {
    checkCategory('inherits', name)
    // between brackets and commas, where `!` makes a template and `+` continues a category; first in an option in quotes
    if (/^(?:!$|\+)|["'\\,)=]/.test(name) || endsBlank(name)) {
      throw invalid('inherits', `must hold names without quotes, commas, backslashes, ')' and '=', ${got(name)}`)
    }
  }
}

// main/config.c:does_category_match, inside an option in quotes
const FILTER = /^[^=,"'\\\r\n\0]+=[^=,"'\\\r\n\0]*(?:,[^=,"'\\\r\n\0]+=[^=,"'\\\r\n\0]*)*$/

function checkFilter(filter: unknown): void {
  if (filter === undefined || (typeof filter === 'string' && FILTER.test(filter))) return
  throw invalid('filter', `must be as in 'TEMPLATES=include' or 'name=expression', without quotes, ${got(filter)}`)
}

function checkName(name: unknown): void {
  if (typeof name !== 'string' || name === '') throw invalid('name', `must be a line's name, ${got(name)}`)
  if (/[\r\n\0=;]/.test(name)) throw invalid('name', "must not hold '=', ';', CR, LF or NUL")
  // a section, a directive such as #include or #exec, an escaped character
  if (/^[[#\\]/.test(name)) throw invalid('name', "must not begin with '[', '#' or a backslash")
  if (beginsBlank(name) || endsBlank(name)) {
    throw invalid('name', 'must not begin or end with a blank or a control character')
  }
  checkLength('name', 'Var', name)
}

function checkValue(value: unknown, object: unknown): void {
  checkBoolean('object', object)
  const number = typeof value === 'number' && Number.isFinite(value)
  if (typeof value !== 'string' && typeof value !== 'boolean' && !number) {
    throw invalid('value', `must be a string, a finite number or a boolean, ${gotSecret(value)}`)
  }
  const text = String(value)
  if (/[\r\n\0]/.test(text)) throw invalid('value', 'must not hold CR, LF or NUL')
  if (beginsBlank(text) || endsBlank(text)) {
    throw invalid('value', 'must not begin or end with a blank or a control character: Asterisk drops it')
  }
  // main/manager.c:handle_updates makes the line an object's and takes the sign away
  if (!object && text.startsWith('>')) throw invalid('value', "must not begin with '>', which makes it `name => value`")
  checkLength('value', 'Value', object ? `>${text}` : text)
}

function checkMatch(match: unknown): void {
  if (match === undefined) return
  // to Asterisk an empty one is none: every line of that name would be meant
  if (typeof match !== 'string' || match === '') throw invalid('match', `must be a value to find, ${gotSecret(match)}`)
  if (/[\r\n\0]/.test(match) || beginsBlank(match)) {
    throw invalid('match', 'must not hold CR, LF or NUL or begin with a blank: no value does')
  }
  checkLength('match', 'Match', match)
}

function checkLength(argument: string, header: string, text: string): void {
  const most = LINE_BYTES - `${header}-000000: `.length
  if (text.length * 3 > most && byteLength(text, 'utf8') > most) {
    throw invalid(argument, `must be at most ${most} bytes long, for Asterisk takes no longer line`)
  }
}

// include/asterisk/strings.h:ast_strip takes everything up to the space away
function beginsBlank(text: string): boolean {
  return text !== '' && text.charCodeAt(0) <= 32
}

function endsBlank(text: string): boolean {
  return text !== '' && text.charCodeAt(text.length - 1) <= 32
}

/** The headers of a change, without their number. */
export type ChangeHeaders = Readonly<Record<string, ParamValue>>

/** Returns the headers that say a change (main/manager.c:handle_updates). */
export function headersOf(change: ConfigChange): ChangeHeaders {
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
      // a `>` in front is taken away, here too
      return withOptions({ Action: 'RenameCat', Cat, Value: change.to.startsWith('>') ? `>${change.to}` : change.to })
    case 'deleteCategory':
      return withOptions({ Action: 'DelCat', Cat })
    case 'emptyCategory':
      return withOptions({ Action: 'EmptyCat', Cat })
    case 'append':
      return withOptions({ Action: 'Append', Cat, Var: change.name, Value: written(change) })
    case 'insert':
      return withOptions({ Action: 'Insert', Cat, Var: change.name, Value: change.value, Line: change.line })
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
  }
}

function written({ value, object = false }: ConfigLine): ParamValue {
  return object ? `>${value}` : value
}
