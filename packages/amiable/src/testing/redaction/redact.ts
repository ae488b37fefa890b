import { isSecretName, isTelltale } from '../../util/secret-names.ts'
import { secretArgument, startOfArgument } from './applications.ts'
import type { Asked, AskedBefore } from './asked.ts'
import { findSecretsOfCommand, namesSecret, PrintedLines } from './command-text.ts'
import { findSecrets, HIDDEN, type Hide, type OwnRule } from './find-secrets.ts'
import { type Line, lineAt } from './lines-of-text.ts'
import { Marks } from './marks.ts'
import { factsOf, headerOf, type MessageFacts } from './message-facts.ts'
import { decodePercent } from './percent.ts'
import { mailboxesOfJson, type Setting, secretOfSetting, settingOfFunction } from './settings.ts'
import { findSuspect } from './suspect-bytes.ts'

// headers whose value names what stands in another header, of the same number where they have one
const naming = new Set(
  'variable var name key family param parameter parametername header field setting option column property'.split(' '),
)
const carrying = new Set('value val match parametervalue newvalue oldvalue'.split(' '))
const applicationsOf = new Set(['application', 'lastapplication', 'app', 'lastapp'])
const argumentsOf = new Set(['appdata', 'applicationdata', 'lastdata', 'data'])
const structure = new Set(['response', 'actionid', 'event', 'eventlist', 'privilege'])
// what ListCommands says of an action (manager.c:action_listcommands)
const synopsis = /\(Priv: [^()]*\)\s*$/
// a value that a command prints beside its name, also one of a CDR (cdr.c:ast_cdr_serialize_variables)
const printed = /^\s*(?:level \d+: )?(\w+)\s*[:=][ \t]*(.*)$/
// shorter texts would be found by chance
const SHORTEST = 4
const REMEMBERED = 32

/** What is known of a message from outside its own text. */
export interface RedactionOptions {
  /** A caller's own rule. */
  readonly own?: OwnRule | undefined
  /** What was asked for in the same recording: a question is in another message than its answer. */
  readonly before?: AskedBefore
  readonly session?: number
  /** Whether it is the end of a message, so that nobody knows what its values are the values of. */
  readonly torn?: boolean
}

/** Takes the secrets out of a message: the names stay, the values are `***`. */
export function redact(text: string, options: RedactionOptions = {}): string {
  const { own, ...others } = options
  // what a caller's rule puts in a value's place goes through the other rules as well
  return new Redaction(own === undefined ? text : new Redaction(text, { own }).run(), others).run()
}

class Redaction {
  readonly #text: string
  readonly #own: OwnRule | undefined
  readonly #before: AskedBefore | undefined
  readonly #session: number
  readonly #facts: MessageFacts
  readonly #asked: Asked | undefined
  readonly #marks = new Marks()
  /** Whether each line is to be looked at, not only the suspicious ones. */
  #every: boolean
  /** The numbers of headers whose values name secrets. */
  #named = new Set<string>()
  /** What headers name, by their numbers, where a caller's rule is asked about it. */
  #names = new Map<string, string>()
  /** Behind how many commas the arguments of the application that is named hold a secret. */
  #argument: number | undefined
  #printed = new PrintedLines()
  #printedName = false
  #printedArgument: number | undefined
  #file: string
  #category = ''
  /** The settings that are named, by the number of the header. */
  #settings = new Map<string, Omit<Setting, 'value'>>()

  constructor(text: string, { own, before, session = 1, torn = false }: RedactionOptions) {
    const facts = factsOf(text)
    this.#text = text
    this.#own = own
    this.#before = before
    this.#session = session
    this.#facts = facts
    this.#asked = facts.request ? undefined : this.#answered()
    this.#file = facts.request ? headerOf(text, /^(?:Dst|)Filename:[ \t]*([^\r\n]*)/im) : (this.#asked?.file ?? '')
    this.#printedName = this.#asked?.secret === true || torn
    if (this.#printedName) this.#named.add('')
    this.#every = own !== undefined || this.#printedName || facts.holdsResult || facts.oddlyNamed
  }

  run(): string {
    this.#eachLine((line) => this.#line(line))
    if (this.#named.size + this.#names.size + this.#settings.size > 0 || this.#argument !== undefined) {
      this.#every = true
      this.#eachLine((line) => this.#partner(line))
    }
    if (this.#asked !== undefined && this.#asked.hidden.length > 0) this.#repeated(this.#asked.hidden)
    if (this.#facts.request) this.#ask()
    return this.#marks.apply(this.#text)
  }

  /** Visits the lines that need a closer look; `visit` may say where to go on. */
  #eachLine(visit: (line: Line) => number | undefined): void {
    const text = this.#text
    for (let at = 0; at < text.length; ) {
      if (!this.#every) {
        const found = findSuspect(text, at)
        if (found === -1) return
        at = Math.max(at, text.lastIndexOf('\n', found) + 1)
      }
      const line = lineAt(text, at)
      at = visit(line) ?? line.next
    }
  }

  #line(line: Line): number | undefined {
    if (line.name === '') return this.#print(line.start, line.end)
    const put = this.#own?.(line.name, this.#value(line))
    if (put !== undefined) return this.#replace(line, put)
    const name = line.name.toLowerCase()
    if (this.#isSecret(line, name)) return this.#replace(line)
    if (this.#facts.raw) return this.#print(line.start, line.end)
    const [base, number] = parts(name)
    if (naming.has(base)) this.#naming(base, number, this.#value(line))
    if (this.#special(line, name, base)) return undefined
    const list = this.#facts.request && name === 'variable'
    const own = name.endsWith('variable') || name === 'json' ? this.#own : undefined
    findSecrets(this.#text, line.value, line.end, this.#hide, { list, own })
    return undefined
  }

  /** Reads headers that have a way of their own; returns whether that is all of it. */
  #special(line: Line, name: string, base: string): boolean {
    const { value, end } = line
    if (name === 'output') this.#print(value, end)
    else if (name === 'base64body' && this.#facts.request) this.#base64(line)
    else if (name === 'result' && this.#facts.holdsResult) this.#result(line)
    else if (/^line-\d/.test(name)) this.#setting(line)
    else {
      if (name === 'command') findSecretsOfCommand(this.#text, value, end, this.#hide)
      else if (applicationsOf.has(name)) this.#argument = secretArgument(this.#value(line))
      else if (base === 'category') this.#category = this.#value(line)
      else if (name === 'json')
        mailboxesOfJson(this.#value(line), this.#file, (from, to) => this.#mark(value + from, value + to))
      return false
    }
    return true
  }

  #isSecret(line: Line, name: string): boolean {
    if (name === 'key' && this.#facts.keysAreNames) return false
    if (!isSecretName(line.name) && !this.#facts.ofChallenge.has(name)) return false
    return !synopsis.test(this.#text.slice(Math.max(line.value, line.end - 200), line.end))
  }

  /** Reads a header that names something: a secret, a setting, or nothing that matters. */
  #naming(base: string, number: string, value: string): void {
    if (this.#own !== undefined) this.#names.set(number, value)
    if (isSecretName(value)) this.#named.add(number)
    const { file, category } = { file: this.#file, category: this.#category }
    const setting = base === 'var' ? { name: value, file, category } : settingOfFunction(value)
    if (setting !== undefined) this.#settings.set(number, setting)
  }

  /** Reads a header that carries what another one names. */
  #partner(line: Line): number | undefined {
    const [base, number] = parts(line.name.toLowerCase())
    if (this.#argument !== undefined && argumentsOf.has(base)) {
      this.#mark(startOfArgument(this.#text, line.value, line.end, this.#argument), line.end)
    }
    if (!carrying.has(base)) return undefined
    const name = this.#names.get(number)
    const put = name === undefined ? undefined : this.#own?.(name, this.#value(line))
    if (put !== undefined) return this.#replace(line, put)
    if (this.#named.has(number)) return this.#replace(line)
    const setting = this.#settings.get(number)
    const secret = setting && secretOfSetting({ ...setting, value: this.#value(line) })
    if (secret !== undefined) this.#mark(line.value + secret[0], line.value + secret[1])
    return undefined
  }

  /** Reads a line of a configuration file, or what GetConfig makes of one. */
  #setting(line: Line): void {
    const text = this.#value(line)
    const equals = text.indexOf('=')
    if (equals === -1) return
    const name = text.slice(0, equals).trim()
    const value = text.slice(equals + 1)
    const from = line.end - value.length
    const put = this.#own?.(name, value)
    const secret = secretOfSetting({ name, value, file: this.#file, category: this.#category })
    if (put !== undefined) this.#hide(from, line.end, put)
    else if (secret !== undefined) this.#mark(from + secret[0], from + secret[1])
    findSecrets(this.#text, from, line.end, this.#hide)
  }

  /** Reads a line that a command printed. */
  #print(from: number, to: number): undefined {
    this.#printed.line(this.#text, from, to, this.#hide)
    findSecrets(this.#text, from, to, this.#hide, { own: this.#own })
    const line = this.#text.slice(from, to)
    const [, name = '', value = ''] = printed.exec(line) ?? []
    const lower = name.toLowerCase()
    if (naming.has(lower)) this.#printedName = isSecretName(value)
    else if (this.#printedName && carrying.has(lower)) this.#mark(to - value.length, to)
    if (applicationsOf.has(lower)) this.#printedArgument = secretArgument(value)
    else if (this.#printedArgument !== undefined && argumentsOf.has(lower)) {
      this.#mark(startOfArgument(this.#text, to - value.length, to, this.#printedArgument), to)
    }
    this.#printedSetting(line, from)
    this.#every ||= this.#printedName || this.#printedArgument !== undefined || this.#printed.inTable
  }

  /** Reads a line as voicemail.conf, meetme.conf and agents.conf have them, which some programs print. */
  #printedSetting(line: string, from: number): void {
    const [head = '', name = '', value = ''] = /^\s*(-?\w+)\s*=>?\s*(\S.*)$/.exec(line.trimEnd()) ?? []
    const secret = head === '' ? undefined : secretOfSetting({ name, value, file: this.#file, category: '' })
    const at = from + head.length - value.length
    if (secret !== undefined) this.#mark(at + secret[0], at + secret[1])
  }

  /** Reads the result of an AGI command: a variable's value is in parentheses. */
  #result(line: Line): void {
    const { text, places } = decodePercent(this.#value(line))
    const channel = headerOf(this.#text, /^Channel:[ \t]*([^\r\n]*)/im)
    const id = headerOf(this.#text, /^CommandID:[ \t]*([^\r\n]*)/im)
    const secret = this.#before?.result(channel, id)
    if (secret === false) {
      findSecrets(this.#text, line.value, line.end, this.#hide)
      return
    }
    const hide = (from: number, to: number) =>
      this.#mark(line.value + (places[from] ?? 0), line.value + (places[to] ?? 0))
    const opening = text.indexOf('(')
    const closing = text.lastIndexOf(')')
    if (opening !== -1 && closing > opening && text.slice(opening, closing) !== '(timeout') hide(opening + 1, closing)
    const digits = secret === true ? /result=([^\s(]+)/.exec(text) : null
    if (digits !== null && !isTelltale(digits[1] ?? ''))
      hide(digits.index + 'result='.length, digits.index + digits[0].length)
  }

  #base64(line: Line): void {
    const body = Buffer.from(this.#value(line), 'base64').toString('latin1')
    const marks = new Marks()
    findSecrets(body, 0, body.length, (from, to, put) => marks.add(from, to, put))
    if (!marks.none) this.#hide(line.value, line.end, Buffer.from(marks.apply(body), 'latin1').toString('base64'))
  }

  /** Hides a header's value, with all of it that bare line feeds part; gives where the next header begins. */
  #replace(line: Line, put = HIDDEN): number {
    const end = this.#endOfValue(line)
    if (put !== HIDDEN) this.#hide(line.value, end, put)
    else if (end > line.end || !isTelltale(this.#value(line))) this.#mark(line.value, end)
    return Math.max(end, line.next)
  }

  #endOfValue(line: Line): number {
    const { bare, request, event } = this.#facts
    if (bare) return line.end
    // a value that was asked for may hold anything (manager.c:action_getvar escapes nothing)
    if (!request && !event && this.#asked?.secret === true && line.name.toLowerCase() === 'value') {
      const id = this.#text.indexOf('\r\nActionID:', line.value)
      return id === -1 ? this.#text.trimEnd().length : id
    }
    const end = this.#text.indexOf('\r\n', line.end)
    return end === -1 ? this.#text.length : end
  }

  /** Hides what an answer says again of the secrets in its question. */
  #repeated(secrets: readonly string[]): void {
    this.#every = true
    this.#eachLine((line) => {
      if (structure.has(line.name.toLowerCase())) return undefined
      const value = this.#value(line)
      for (const secret of secrets) {
        for (let at = value.indexOf(secret); at !== -1; at = value.indexOf(secret, at + secret.length)) {
          this.#mark(line.value + at, line.value + at + secret.length)
        }
      }
      return undefined
    })
  }

  #answered(): Asked | undefined {
    const { event, actionId } = this.#facts
    if (this.#before === undefined || (event && (actionId === '' || !this.#before.waits))) return undefined
    const last = event ? /^EventList: *C/im.test(this.#text) : !/^EventList: *start/im.test(this.#text)
    if (!event && !/^\s*Response:/i.test(this.#text)) return undefined
    return this.#before.answered(this.#session, actionId, last)
  }

  #ask(): void {
    if (this.#before === undefined) return
    const command = headerOf(this.#text, /^Command:[ \t]*([^\r\n]*)/im)
    const secret = this.#named.size > 0 || namesSecret(command)
    const hidden = this.#marks
      .parts(this.#text)
      .filter((part) => part.length >= SHORTEST)
      .slice(0, REMEMBERED)
    this.#before.ask(this.#session, this.#facts.actionId, { secret, file: this.#file, hidden })
    if (!/^Action:[ \t]*AGI[ \t]*\r?$/im.test(this.#text)) return
    const channel = headerOf(this.#text, /^Channel:[ \t]*([^\r\n]*)/im)
    this.#before.command(channel, headerOf(this.#text, /^CommandID:[ \t]*([^\r\n]*)/im), secret)
  }

  #value(line: Line): string {
    return this.#text.slice(line.value, line.end)
  }

  #mark(from: number, to: number): void {
    if (to > from) this.#marks.add(from, to, HIDDEN)
  }

  #hide: Hide = (from, to, put) => this.#marks.add(from, to, put)
}

/** Returns a header's name and the number that it ends with. */
function parts(name: string): [base: string, number: string] {
  const number = name.length > 40 ? '' : (/[-_(]?\d+\)?$/.exec(name)?.[0] ?? '')
  return [name.slice(0, name.length - number.length), number]
}
