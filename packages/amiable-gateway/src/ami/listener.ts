// The session that only receives what happens: it sends nothing, so that nothing holds its events up.
import { type AmiError, type Client, createClient, type EventBase } from 'amiable'
import { type Entry, entryOf } from '../log/entry.ts'
import type { GapCause } from '../log/message.ts'
import { whyOf } from './why.ts'

export interface ListenerOptions {
  readonly name: string
  readonly host: string
  readonly port?: number
  readonly username: string
  readonly secret: () => string | Promise<string>
  readonly tls: boolean | { readonly ca: string }
  /** The privilege classes of the events. */
  readonly events: readonly string[]
  /** Learns that events are received, and why they are not, each reason once in a row. */
  readonly onLink?: (isUp: boolean, why: string) => void
}

/** Learns what a session receives. All of it comes in order. */
export interface Heard {
  /** The session is about to connect: nothing that has happened until now can come over it. */
  connecting(): void
  connected(epoch: number, version: string | null): void
  disconnected(cause: GapCause, error: string): void
  heard(entry: Entry, epoch: number): void
  /** Events are missing before the next one. */
  dropped(lost: number | null): void
}

const FIRST_DELAY = 100
const MOST_DELAY = 5_000
/** A refused login is logged, and what reads that log may ban the address. */
const AFTER_REFUSAL = 5_000
/** manager.c perms[]; what else a server has is an appliance's own. */
export const CLASSES: ReadonlySet<string> = new Set(
  'system call log verbose command agent user config dtmf reporting cdr dialplan originate agi cc aoc test security message all'.split(
    ' ',
  ),
)

// Asterisk's own words, and never many
const MOST_PRIVILEGES = 256
/** A stranger chooses the names of user events, and a nats-server keeps every subject that there is in memory. */
const MOST_USER_EVENTS = 1_000
const NAME_LENGTH = 64

/** Receives the events of one Asterisk. */
export class Listener {
  readonly client: Client
  #to: Heard
  #epoch = 0
  #serial = 0
  #lost = 0
  /** Before how many of the next events may be missing what is counted as lost already. */
  #doubtful = 0
  #shutdown = false
  #onLink: (isUp: boolean, why: string) => void
  /** What was said last; an empty text is a session. */
  #said: string | undefined
  /** The names of user events that have a subject of their own. */
  #userEvents = new Set<string>()
  /** How many events had each `Privilege`. */
  #heardBy = new Map<string, number>()
  /** When Asterisk began, by a clock that nobody sets. */
  #begun: number | undefined
  #done: Promise<void>

  constructor(options: ListenerOptions, to: Heard) {
    const { events, port, onLink = () => {}, ...others } = options
    this.#to = to
    this.#onLink = onLink
    this.client = createClient({
      ...others,
      ...(port !== undefined && { port }),
      events,
      ownClasses: events.filter((one) => !CLASSES.has(one)),
      reconnect: delayAfter,
    })
    this.client.on('*', (event) => this.#heard(event))
    this.#done = this.#watch()
  }

  /** Begins to connect, and goes on for ever. */
  start(): void {
    this.#to.connecting()
    // what goes wrong is a matter of `status()`, and the next attempt comes
    this.client.connect().catch(() => {})
  }

  /** How many events were received, by their first class. */
  get heard(): ReadonlyMap<string, number> {
    const found = new Map<string, number>()
    for (const [privilege, count] of this.#heardBy) {
      const [first = ''] = privilege.split(',')
      const group = CLASSES.has(first) ? first : 'other'
      found.set(group, (found.get(group) ?? 0) + count)
    }
    return found
  }

  /** Seconds since Asterisk began; undefined where it has not said it. */
  get uptime(): number | undefined {
    return this.#begun === undefined ? undefined : (performance.now() - this.#begun) / 1_000
  }

  async stop(): Promise<void> {
    await this.client.close({ timeout: 0 })
    await this.#done
  }

  #heard(event: EventBase): void {
    const { epoch, serial } = event
    // a missing number is an answer to a Ping, or events that were dropped
    if (serial !== this.#serial + 1) this.#count(serial - this.#serial - 1)
    if (this.#doubtful > 0) this.#doubtful--
    this.#serial = serial
    const isFirst = epoch !== this.#epoch
    this.#epoch = epoch
    const name = event.get('Event')
    // manager.c: action_login gives one to each session, which is no event of Asterisk
    if (isFirst && name === 'FullyBooted') {
      const uptime = Number(event.get('Uptime') ?? Number.NaN)
      this.#begun = Number.isFinite(uptime) ? performance.now() - uptime * 1_000 : undefined
      return
    }
    const privilege = event.get('Privilege') ?? ''
    if (this.#heardBy.size < MOST_PRIVILEGES || this.#heardBy.has(privilege)) {
      this.#heardBy.set(privilege, (this.#heardBy.get(privilege) ?? 0) + 1)
    }
    if (name === 'Shutdown') this.#shutdown = true
    const entry = entryOf(event, performance.now())
    const { userEvent } = entry
    const hasOwn = userEvent === undefined || this.#hasSubject(userEvent)
    this.#to.heard(hasOwn ? entry : { ...entry, userEvent: '' }, epoch)
  }

  #hasSubject(name: string): boolean {
    const start = name.slice(0, NAME_LENGTH)
    if (this.#userEvents.has(start)) return true
    if (this.#userEvents.size >= MOST_USER_EVENTS) return false
    // a part of a text keeps all of it in memory
    this.#userEvents.add(Buffer.from(start).toString())
    return true
  }

  /** @param missing how many numbers are missing before this event */
  #count(missing: number): void {
    const { dropped, faults, backlog } = this.client.stats()
    const lost = dropped + faults
    const news = lost - this.#lost
    this.#lost = lost
    if (news === 0 && this.#doubtful === 0) return
    // what is lost was counted when it came: it may as well stand behind this event, or behind those that wait
    if (news > 0) this.#doubtful = backlog + 2
    this.#to.dropped(faults > 0 || news === 0 || missing < news ? null : news)
  }

  async #watch(): Promise<void> {
    for await (const status of this.client.status()) {
      if (status.type === 'ready') {
        this.#say('')
        this.#to.connected(status.epoch, status.version ?? null)
      } else if (status.type === 'lost') {
        this.#disconnected(status.error)
        this.#to.connecting()
      }
    }
  }

  #disconnected(error: AmiError): void {
    const isDown = this.#shutdown || (error.code === 'AMI_CONNECT' && codeOf(error) === 'ECONNREFUSED')
    this.#shutdown = false
    const why = whyOf(error)
    this.#say(why)
    this.#to.disconnected(isDown ? 'asterisk-down' : 'link', why)
  }

  #say(why: string): void {
    if (why !== this.#said) this.#onLink(why === '', why)
    this.#said = why
  }
}

function delayAfter(attempt: number, cause: AmiError): number {
  const first = cause.code === 'AMI_AUTH' ? AFTER_REFUSAL : FIRST_DELAY
  return Math.round(Math.min(MOST_DELAY, first * 2 ** Math.min(attempt - 1, 16)) * (0.5 + Math.random() / 2))
}

/** Finds the system's name of what went wrong, however deep it is. */
function codeOf(error: unknown): string | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ('syscall' in one && 'code' in one && typeof one.code === 'string') return one.code
    if (one instanceof AggregateError) return codeOf(one.errors[0])
  }
  return undefined
}
