import { actionFacts, eventFacts } from 'amiable/catalog'
import type { RecordedMessage } from 'amiable/testing'

type Message = Pick<RecordedMessage, 'direction' | 'text'>

/** Rows of one kind that an example shows, and lines of one message. */
const ROWS = 2
const LINES = 60

/** One action with what came of it. */
interface Exchange {
  readonly version: number
  readonly action: string
  readonly messages: string[]
}

/** Chooses an example for each action and event out of what servers said: of the first that shows it. */
export class Examples {
  readonly #exchanges = new Map<string, Exchange>()
  readonly #events = new Map<string, { version: number; text: string }>()
  readonly #rows = new Map<string, { version: number; text: string }>()
  readonly #pending = new Map<string, Exchange>()

  /** Takes a message of the session that sent the actions. */
  asked(version: number, { direction, text }: Message): void {
    const id = headerOf(text, 'ActionID')
    const event = eventFacts(headerOf(text, 'Event') ?? '')?.name
    if (direction === 'out' && event !== undefined && !this.#rows.has(event)) {
      this.#rows.set(event, { version, text: tidy(text) })
    }
    if (id === undefined) return
    if (direction === 'in') {
      const action = actionFacts(headerOf(text, 'Action') ?? '')?.name
      if (action !== undefined) this.#pending.set(id, { version, action, messages: [tidy(text)] })
      return
    }
    const exchange = this.#pending.get(id)
    if (exchange === undefined) return
    if (headerOf(text, 'Event') === undefined) {
      exchange.messages.push(tidy(text))
      const known = this.#exchanges.get(exchange.action)
      // a refusal shows less than a success
      if (known === undefined || (isRefused(known) && !isRefused(exchange))) {
        this.#exchanges.set(exchange.action, exchange)
      }
      return
    }
    const before = exchange.messages.filter((one) => eventOf(one) === event)
    if (before.length < ROWS) exchange.messages.push(tidy(text))
  }

  /** Takes a message of the session that listens. */
  heard(version: number, { direction, text }: Message): void {
    if (direction !== 'out' || !/^Event:/i.test(text)) return
    const name = eventFacts(headerOf(text, 'Event') ?? '')?.name
    if (name !== undefined && !this.#events.has(name)) this.#events.set(name, { version, text: tidy(text) })
  }

  /** Returns what a version shows, as the text of a file. */
  of(version: number): { text: string; actions: number; events: number } {
    const exchanges = [...this.#exchanges].filter(([, one]) => one.version === version)
    const shown = new Set([...this.#exchanges.values()].flatMap(({ messages }) => messages.map(eventOf)))
    const rows = [...this.#rows].filter(([name]) => !this.#events.has(name))
    const events = [...this.#events, ...rows].filter(([name, one]) => one.version === version && !shown.has(name))
    this.#pending.clear()
    const parts = [
      ...exchanges.toSorted(byName).map(([name, { messages }]) => `# action ${name}\n${messages.join('\n')}`),
      ...events.toSorted(byName).map(([name, { text }]) => `# event ${name}\n${text}`),
    ]
    return { text: parts.join('\n'), actions: exchanges.length, events: events.length }
  }
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1
}

function isRefused({ messages }: Exchange): boolean {
  return messages.some((one) => /^Response: Error/m.test(one))
}

function eventOf(text: string): string | undefined {
  return /^Event: ?([^\r\n]*)/.exec(text)?.[1]
}

function headerOf(text: string, name: string): string | undefined {
  return new RegExp(`^${name}: ?([^\\r\\n]*)`, 'im').exec(text)?.[1]
}

/** Returns a message as text with LF, long ones cut. */
function tidy(text: string): string {
  const lines = Buffer.from(text, 'latin1').toString('utf8').replaceAll('\r\n', '\n').trimEnd().split('\n')
  const kept = lines.length > LINES + 1 ? [...lines.slice(0, LINES), `[${lines.length - LINES} more lines]`] : lines
  return `${kept.map((line) => line.slice(0, 300)).join('\n')}\n`
}
