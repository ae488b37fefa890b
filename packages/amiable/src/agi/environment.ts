/*
 * The lines that every AGI session begins with (res_agi.c: setup_env), in an order that is always the same. Values are
 * not escaped: a caller's name can hold line ends, and so forge lines, or end the environment early.
 */
import { GatheredText } from '../util/gathered-text.ts'
import { decodeUtf8 } from '../util/text.ts'

/** What Asterisk says of the call when a session begins. */
export interface AgiRequest {
  /** What the dialplan asks for: behind the host in `agi://host/PATH`, the first argument of `agi:async`; or `''`. */
  readonly path: string
  /** What stands behind the question mark of it. */
  readonly query: URLSearchParams
  /** What the router's pattern found in the path. */
  readonly params: Readonly<Record<string, string>>
  /** The arguments behind the path. */
  readonly args: readonly string[]
  /** `agi_request` as the dialplan wrote it; `async` where it wrote `agi:async`. */
  readonly url: string
  readonly channel: string
  readonly uniqueid: string
  readonly language: string
  /** Asterisk's version. */
  readonly version: string
  /** The caller's number and name, where they are known. */
  readonly callerId: { readonly number: string | undefined; readonly name: string | undefined }
  readonly context: string
  readonly exten: string
  readonly priority: number
  readonly accountCode: string
  /** Whether all of it came; `false` too for a call that was taken over. */
  readonly complete: boolean
  /** Whether an earlier session of this call has ended because a command failed: the dialplan came here again. */
  readonly again: boolean
  /** Names of lines that came twice, or out of Asterisk's order, or are missing: somebody forged lines. */
  readonly suspect: readonly string[]
  /** Returns the value of any line, such as `agi_dnid`; of the first of two. */
  get(name: string): string | undefined
  toJSON(): object
}

// setup_env, and launch_netscript before it
const ORDER = [
  'agi_network',
  'agi_network_script',
  'agi_request',
  'agi_channel',
  'agi_language',
  'agi_type',
  'agi_uniqueid',
  'agi_version',
  'agi_callerid',
  'agi_calleridname',
  'agi_callingpres',
  'agi_callingani2',
  'agi_callington',
  'agi_callingtns',
  'agi_dnid',
  'agi_rdnis',
  'agi_context',
  'agi_extension',
  'agi_priority',
  'agi_enhanced',
  'agi_accountcode',
  'agi_threadid',
]
const PLACES = new Map(ORDER.map((name, place) => [name, place]))
// the first two
const OPTIONAL = 2
const REQUIRED = ORDER.slice(OPTIONAL)
const NAME = /^agi_[a-z0-9_]{1,40}$/

/** Collects the lines of an environment, up to the empty one that ends it. */
export class EnvironmentLines {
  #limit: number
  #text = new GatheredText()
  /** The last byte that came, which the end may begin with. */
  #last = ''

  /** @param limit how many bytes it may have */
  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * Takes bytes.
   * @returns `foreign` for what no Asterisk sends, `overflow` past the limit, the lines and what stands behind them
   */
  push(text: string): 'more' | 'foreign' | 'overflow' | { lines: readonly string[]; rest: string } {
    const before = this.#text.length
    if (before === 0 && text.length <= this.#limit && text.startsWith(BEGINNING)) {
      // as a rule all of it comes at once
      const at = text.indexOf('\n\n')
      if (at !== -1) return { lines: text.slice(0, at).split('\n'), rest: text.slice(at + 2) }
    }
    if (before < BEGINNING.length && !isBeginning(`${this.#text}${text.slice(0, BEGINNING.length)}`)) return 'foreign'
    const end = `${this.#last}${text}`.indexOf('\n\n') - this.#last.length + 2
    const ended = end >= 2 - this.#last.length
    if (before + (ended ? end : text.length) > this.#limit) return 'overflow'
    this.#text.add(ended ? text.slice(0, end) : text)
    if (ended) return { lines: this.#text.toString().slice(0, -2).split('\n'), rest: text.slice(end) }
    this.#last = text.slice(-1) || this.#last
    return 'more'
  }
}

const BEGINNING = 'agi_'

function isBeginning(text: string): boolean {
  return text.startsWith(BEGINNING) || BEGINNING.startsWith(text)
}

/** What else is known of a request. */
export interface Known {
  /** Asterisk has lost its end, or it was never read: what is missing is nobody's forgery. */
  readonly cut?: boolean
  /** The lines are not Asterisk's own, but what AMI says of the call: nobody can forge them. */
  readonly told?: boolean
  readonly again?: boolean
}

/** Returns the request of an environment's lines, which are byte strings. */
export function requestFrom(
  lines: readonly string[],
  { cut = false, told = false, again = false }: Known = {},
): AgiRequest {
  const { suspect, missing } = isAsWritten(lines) ? FLAWLESS : flawsOf(lines)
  const forged = told ? [] : [...suspect, ...(cut ? [] : missing.filter((name) => !suspect.includes(name)))]
  return new Request(lines, { suspect: forged, complete: !cut && missing.length === 0, again })
}

interface Flaws {
  /** Names of lines that came twice or out of order, or have lines behind them that are none. */
  readonly suspect: readonly string[]
  readonly missing: readonly string[]
}

const FLAWLESS: Flaws = { suspect: [], missing: [] }
const PREFIXES = ORDER.map((name) => `${name}: `)

/** Whether they are all there in Asterisk's order, as they are as a rule. */
function isAsWritten(lines: readonly string[]): boolean {
  let next = 0
  for (const line of lines) {
    while (next < OPTIONAL && !line.startsWith(PREFIXES[next] as string)) next++
    if (!line.startsWith(PREFIXES[next] ?? `agi_arg_${next - ORDER.length + 1}: `)) return false
    next++
  }
  return next >= ORDER.length
}

function flawsOf(lines: readonly string[]): Flaws {
  const seen = new Set<string>()
  const suspect = new Set<string>()
  let last = ORDER[0] as string
  // the place in the order that comes next; behind ORDER the arguments, by their numbers
  let next = 0
  for (const line of lines) {
    const name = nameIn(line)
    if (name === undefined) {
      // a line of its own in the value before it
      suspect.add(last)
      continue
    }
    last = name
    const place = placeOf(name)
    const inOrder = place >= next && reaches(next, place)
    if (inOrder) next = place + 1
    if (!inOrder || seen.has(name)) suspect.add(name)
    seen.add(name)
  }
  return { suspect: [...suspect], missing: REQUIRED.filter((name) => !seen.has(name)) }
}

/** Returns the name that a line begins with, if it is one of an environment. */
function nameIn(line: string): string | undefined {
  const colon = line.indexOf(': ')
  const name = line.slice(0, colon)
  return colon !== -1 && (PLACES.has(name) || NAME.test(name)) ? name : undefined
}

/** Returns the same request with what a router found in its path. */
export function withParams(request: AgiRequest, params: Readonly<Record<string, string>>): AgiRequest {
  return (request as Request).routed(params)
}

function placeOf(name: string): number {
  const place = PLACES.get(name)
  if (place !== undefined) return place
  const argument = /^agi_arg_(\d{1,6})$/.exec(name)
  return argument ? ORDER.length - 1 + Number(argument[1]) : -1
}

/** Whether only what may be left out stands between. */
function reaches(next: number, place: number): boolean {
  return place === next || place <= OPTIONAL
}

class Request implements AgiRequest {
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly args: readonly string[]
  readonly complete: boolean
  readonly again: boolean
  readonly suspect: readonly string[]
  #queryText: string
  /** Made for whoever asks. */
  #query: URLSearchParams | undefined
  #lines: readonly string[]

  constructor(
    lines: readonly string[],
    known: Pick<AgiRequest, 'suspect' | 'complete' | 'again'>,
    params: Readonly<Record<string, string>> = {},
  ) {
    this.#lines = lines
    this.suspect = known.suspect
    this.complete = known.complete
    this.again = known.again
    this.params = params
    const args = argumentsIn(lines)
    const script = this.#scriptOf(args)
    this.args = args
    const question = script.indexOf('?')
    const fragment = script.indexOf('#')
    const end = fragment === -1 ? script.length : fragment
    const isAsked = question !== -1 && question < end
    this.path = script.slice(0, isAsked ? question : end)
    this.#queryText = isAsked ? script.slice(question + 1, end) : ''
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#queryText)
    return this.#query
  }

  get url(): string {
    return this.#text('agi_request')
  }

  get channel(): string {
    return this.#text('agi_channel')
  }

  get uniqueid(): string {
    return this.#text('agi_uniqueid')
  }

  get language(): string {
    return this.#text('agi_language')
  }

  get version(): string {
    return this.#text('agi_version')
  }

  get callerId(): { readonly number: string | undefined; readonly name: string | undefined } {
    return { number: this.#known('agi_callerid'), name: this.#known('agi_calleridname') }
  }

  get context(): string {
    return this.#text('agi_context')
  }

  get exten(): string {
    return this.#text('agi_extension')
  }

  get priority(): number {
    return Number(this.#text('agi_priority')) || 0
  }

  get accountCode(): string {
    return this.#text('agi_accountcode')
  }

  get(name: string): string | undefined {
    const prefix = `${name}: `
    const line = this.#lines.find((one) => one.startsWith(prefix))
    const isLine = line !== undefined && (PLACES.has(name) || nameIn(line) === name)
    return isLine ? decodeUtf8(line.slice(prefix.length)) : undefined
  }

  routed(params: Readonly<Record<string, string>>): Request {
    return new Request(this.#lines, this, params)
  }

  toJSON(): object {
    const { path, params, args, complete, again, suspect } = this
    const lines: Record<string, string> = {}
    for (const line of this.#lines) {
      const name = nameIn(line)
      if (name !== undefined) lines[name] ??= decodeUtf8(line.slice(name.length + 2))
    }
    return {
      path,
      query: String(this.query),
      params,
      args,
      complete,
      again,
      suspect,
      lines,
    }
  }

  /** Returns what the dialplan asks for, and takes it out of the arguments over AsyncAGI. A script's own path is none. */
  #scriptOf(args: string[]): string {
    if (this.get('agi_network') !== undefined) return this.#text('agi_network_script')
    return this.url === 'async' ? (args.shift() ?? '') : ''
  }

  #text(name: string): string {
    return this.get(name) ?? ''
  }

  // setup_env writes "unknown" for no value
  #known(name: string): string | undefined {
    const value = this.get(name)
    return value === 'unknown' ? undefined : value
  }
}

/** Returns the values of the arguments, up to the first number that lacks. */
function argumentsIn(lines: readonly string[]): string[] {
  const values: string[] = []
  const early = new Map<number, string>()
  for (const line of lines) {
    if (!line.startsWith('agi_arg_')) continue
    const name = nameIn(line)
    const at = name === undefined ? -1 : placeOf(name) - ORDER.length
    if (name === undefined || at < values.length || early.has(at)) continue
    early.set(at, decodeUtf8(line.slice(name.length + 2)))
    for (let value = early.get(values.length); value !== undefined; value = early.get(values.length)) values.push(value)
  }
  return values
}
