// What passes a proxy, for eyes: message by message, with remarks about what the program does wrong.
import { actionFacts } from 'amiable/catalog'
import type { RecordedMessage } from 'amiable/testing'
import { isNamed, parametersOf } from '../catalog/fields.ts'
import { didYouMean } from '../errors/usage.ts'
import { globOf } from '../where/glob.ts'

/** A message that passes, as far as it is shown. */
export interface Passing {
  /** The connection, from 1. */
  readonly session: number
  /** `in`: from the program to the server. */
  readonly direction: 'in' | 'out' | 'end'
  /** The action, the event, `Response` or nothing. */
  readonly name: string
  readonly lines: readonly string[]
  /** What is wrong with it. */
  readonly remarks: readonly string[]
}

// ActionIDs that are remembered for the answers to what is shown
const MOST = 10_000
// main/manager.c:get_input
const LONGEST_LINE = 1_022
const MOST_HEADERS = 128

/** Chooses what is shown. An answer is shown if its action is. */
export class Passings {
  readonly #fits: readonly ((name: string) => boolean)[]
  readonly #asked = new Set<string>()

  /** @param only names or globs of actions and events; none for everything */
  constructor(only: readonly string[]) {
    this.#fits = only.map((name) => globOf(name, true))
  }

  /** Returns a message as it is shown, or `undefined` if it is not to be. */
  take({ session, direction, text }: RecordedMessage): Passing | undefined {
    const lines = Buffer.from(text, 'latin1')
      .toString('utf8')
      .split(/\r?\n/)
      .filter((line) => line !== '')
    const head = (name: string) => headerIn(lines, name)
    const name = head('Action') ?? head('Event') ?? (head('Response') === undefined ? '' : 'Response')
    const shown = { session, direction, name, lines, remarks: direction === 'in' ? remarksOn(text, lines, name) : [] }
    if (this.#fits.length === 0) return shown
    const key = `${session} ${head('ActionID') ?? ''}`
    if (direction === 'out' && this.#asked.has(key)) return shown
    if (!this.#fits.some((fits) => fits(name))) return undefined
    if (direction === 'in' && head('ActionID') !== undefined) {
      if (this.#asked.size >= MOST) this.#asked.clear()
      this.#asked.add(key)
    }
    return shown
  }
}

function headerIn(lines: readonly string[], name: string): string | undefined {
  const start = `${name.toLowerCase()}:`
  return lines
    .find((line) => line.toLowerCase().startsWith(start))
    ?.slice(start.length)
    .trim()
}

/** Returns what a program does wrong with an action. */
function remarksOn(text: string, lines: readonly string[], name: string): string[] {
  const remarks: string[] = []
  if (name === '' || headerIn(lines, 'Action') === undefined) {
    const what = lines.length === 0 ? 'a blank line between actions' : 'no Action'
    return [`${what}: the server answers with an error`]
  }
  if (headerIn(lines, 'ActionID') === undefined) remarks.push('no ActionID: nobody can tell which answer is its own')
  const long = text.split('\n').find((line) => line.replace(/\r$/, '').length > LONGEST_LINE)
  if (long !== undefined) remarks.push(`a line is longer than ${LONGEST_LINE} bytes: the server refuses the action`)
  if (lines.length > MOST_HEADERS) remarks.push(`more than ${MOST_HEADERS} lines: the server refuses the action`)
  const facts = actionFacts(name)
  const fields = parametersOf(facts?.name ?? name)
  if (facts === undefined) remarks.push(`the catalog knows no action ${name}`)
  const known = new Set(['action', 'actionid', 'variable', 'chanvariable'])
  for (const line of fields === undefined ? [] : lines) {
    const header = line.slice(0, line.indexOf(':'))
    if (known.has(header.toLowerCase()) || fields?.some((field) => isNamed(field, header))) continue
    const near = didYouMean(
      header,
      (fields ?? []).map((field) => field.name),
    )
    remarks.push(`${name} has no parameter ${header}: the server leaves it out${near}`)
  }
  return remarks
}
