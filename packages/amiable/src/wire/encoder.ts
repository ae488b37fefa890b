import { gotSecret } from '../check.ts'
import { invalid } from '../errors.ts'
import { byteLength, type Encoding } from '../util/text.ts'

/** The value of a parameter. A boolean is sent as `true` or `false`. */
export type ParamValue = string | number | boolean

/** The parameters of an action. An array is a header that repeats, and `undefined` is left out. */
export type Params = Readonly<Record<string, ParamValue | readonly ParamValue[] | undefined>>

/** Channel variables: an object, or entries if their order or a repetition matters. */
export type Variables =
  | Readonly<Record<string, ParamValue | undefined>>
  | Iterable<readonly [name: string, value: ParamValue | undefined]>

/** An action to encode. */
export interface Action {
  readonly name: string
  readonly actionId: string
  readonly params?: Params | undefined
  readonly variables?: Variables | undefined
  readonly encoding?: Encoding | undefined
}

/*
 * Asterisk's own limits, unchanged from 11 to 23 (manager.c:get_input, AST_MAX_MANHEADERS; and for the ActionID the
 * smallest of the buffers that echo it, 80 bytes with "ActionID: " and CRLF, app_confbridge.c and app_meetme.c).
 */
/** How many bytes a line may have, its name and the colon included. */
export const LINE_BYTES = 1022
/** How many headers an action may have, `Action` and `ActionID` included. */
export const MOST_HEADERS = 128
const ACTION_ID_BYTES = 67
const NONE: readonly never[] = []
const [BLANK, TILDE] = [0x20, 0x7e]

/**
 * Returns the bytes of an action, its blank line included, as a string in the action's encoding.
 * @throws {ArgumentError} naming the header that Asterisk would mangle, or that would smuggle in another
 */
export function encodeAction(action: Action): string {
  const { name, actionId, params, variables, encoding = 'utf8' } = action
  if (name === '') throw invalid('Action', 'must not be empty')
  const id = String(actionId)
  if (id === '' || id.length > ACTION_ID_BYTES || !isPrintable(id, BLANK + 1)) {
    throw invalid('actionId', `must be 1 to ${ACTION_ID_BYTES} printable ASCII characters without a blank`)
  }
  let count = 2
  // an id that is printable breaks no rule of a line
  let text = `${line('Action', name, encoding, false)}ActionID: ${id}\r\n`
  // UserEvent alone repeats its lines as they came, so that a blank in front of a value survives
  const verbatim = name.length === 9 && name.toLowerCase() === 'userevent'
  for (const header in params) {
    const value = params[header]
    if (value === undefined || !Object.hasOwn(params, header)) continue
    checkName(header)
    const many = Array.isArray(value) ? (value as ParamValue[]) : undefined
    const length = many ? many.length : 1
    for (let at = 0; at < length; at++) {
      text += line(header, textOf(header, many ? (many[at] as ParamValue) : (value as ParamValue)), encoding, verbatim)
    }
    count += length
  }
  for (const entry of variables === undefined ? NONE : entriesOf(variables)) {
    if (!Array.isArray(entry)) throw invalid('variables', `must hold pairs of a name and a value, ${gotSecret(entry)}`)
    const [variable, value] = entry as readonly [string, ParamValue | undefined]
    if (value === undefined) continue
    text += line('Variable', assignment(variable, value), encoding, false, `Variable ${variable}`)
    count++
  }
  if (count > MOST_HEADERS) {
    throw invalid(
      'params',
      `must make at most ${MOST_HEADERS} headers, which is what Asterisk takes in an action, and make ${count}`,
    )
  }
  return `${text}\r\n`
}

function line(header: string, value: string, encoding: Encoding, verbatim: boolean, label = header): string {
  const text = `${header}: ${value}\r\n`
  // nearly every line: printable ASCII with nothing in front of the value can break none of the rules but its length
  const isShort = text.length <= LINE_BYTES && value.charCodeAt(0) > BLANK
  if (isShort && isPrintable(header, BLANK) && isPrintable(value, BLANK)) return text
  if (/[\r\n\0]/.test(value)) throw invalid(label, 'must not hold CR, LF or NUL')
  // manager.c:__astman_get_header skips them (ast_skip_blanks: everything up to the space)
  if (!verbatim && value !== '' && value.charCodeAt(0) <= 32) {
    throw invalid(label, 'must not begin with a blank or a control character: Asterisk would drop it')
  }
  if (encoding === 'utf8' && !isWellFormed(text))
    throw invalid(label, 'must be well-formed text and holds half of a surrogate pair')
  if (encoding === 'latin1' && /[^\0-\xff]/.test(text))
    throw invalid(label, 'must hold latin1 characters only, as the option encoding says')
  if (text.length > LINE_BYTES / 3 && byteLength(text, encoding) - 2 > LINE_BYTES) {
    throw invalid(
      label,
      `must make a line of at most ${LINE_BYTES} bytes, which is what Asterisk takes, and makes one of ${byteLength(text, encoding) - 2}`,
    )
  }
  return text
}

/** Whether a text has printable ASCII alone. A regular expression takes longer for a line of an action, and flattens it. */
function isPrintable(text: string, from: number): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < from || code > TILDE) return false
  }
  return true
}

// String.prototype.isWellFormed is in Node 20, and not in every browser
function isWellFormed(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text) || !/\p{Surrogate}/u.test(text)
}

function checkName(header: string): void {
  if (/[\r\n\0:]/.test(header)) throw invalid(header, 'must not hold CR, LF, NUL or a colon')
  if (header === '' || header !== header.trim())
    throw invalid(header, 'must not be empty, or begin or end with a blank')
  const lower = header.toLowerCase()
  if (lower === 'action') throw invalid(header, 'cannot be a parameter: the action is named by the first argument')
  if (lower === 'actionid') throw invalid(header, 'cannot be a parameter: give it as the option actionId')
}

function textOf(header: string, value: ParamValue): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  const hint = /^variables?$/i.test(header) ? ': give channel variables as the option variables' : ''
  throw invalid(header, `must be a string, a finite number or a boolean, ${gotSecret(value)}${hint}`)
}

// manager.c:man_do_variable_value reads a Variable header as application arguments: commas part, quotes and
// backslashes are eaten (app.c:__ast_app_separate_args)
function assignment(variable: string, value: ParamValue): string {
  const label = `Variable ${String(variable)}`
  if (typeof variable !== 'string' || variable.trim() === '' || /[=\r\n\0]/.test(variable)) {
    throw invalid(label, 'must have a name without an equals sign, CR, LF or NUL')
  }
  return `${escapeArgument(variable)}=${escapeArgument(textOf(label, value))}`
}

function escapeArgument(text: string): string {
  return text.replace(/[\\",]/g, '\\$&')
}

function entriesOf(variables: Variables): Iterable<readonly [string, ParamValue | undefined]> {
  return Symbol.iterator in variables
    ? (variables as Iterable<readonly [string, ParamValue | undefined]>)
    : Object.entries(variables as Record<string, ParamValue | undefined>)
}
