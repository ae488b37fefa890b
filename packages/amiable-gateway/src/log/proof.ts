// Whether a log holds what it promises. It is read as a stranger reads it, without anything that a gateway knows.
import { type AnyMessage, type GapCause, isEvent, readMessage } from './message.ts'

/** What a log is found to be. */
export interface Finding {
  readonly server: string
  /** The first and the last sequence that is kept; 0 where there is none. */
  readonly first: number
  readonly last: number
  readonly events: number
  /** How often events may be missing, by the reason that the log gives. */
  readonly gaps: Readonly<Partial<Record<GapCause, number>>>
  /** The sum of what the gaps count; null where one of them does not know. */
  readonly lost: number | null
  /** What must not be. */
  readonly faults: readonly string[]
}

// a broken log has as many faults as messages
const MOST_FAULTS = 100

/** Reads the messages of one server's log in order, and finds what must not be. */
export class Proof {
  #server: string
  #log: string
  #first = 0
  #last = 0
  #run: string | undefined
  /** The message before was a gap or a fence, so that another run may follow. */
  #open = true
  #events = 0
  #gaps: Partial<Record<GapCause, number>> = {}
  #lost: number | null = 0
  #faults: string[] = []

  /** @param log the life of the stream */
  constructor(server: string, log: string) {
    this.#server = server
    this.#log = log
  }

  /** Begins again with the next message: those before it are no more kept. */
  drop(): void {
    this.#first = 0
    this.#run = undefined
    this.#open = true
    this.#events = 0
    this.#gaps = {}
    this.#lost = 0
  }

  /** Takes the message of a sequence, or undefined where the stream has none. */
  take(seq: number, text: string | undefined): void {
    if (this.#first === 0) this.#first = seq
    else if (seq !== this.#last + 1) this.#fault(seq, `must follow upon ${this.#last}`)
    this.#last = seq
    const message = text === undefined ? undefined : readMessage(text)
    if (message) this.#read(seq, message)
    else this.#fault(seq, text === undefined ? 'is missing' : 'is no message of a gateway')
  }

  #read(seq: number, message: AnyMessage): void {
    if (message.seq !== seq) this.#fault(seq, `says that it is ${message.seq}`)
    if (message.server !== this.#server) this.#fault(seq, `is of ${message.server}`)
    if (message.log !== this.#log) this.#fault(seq, 'is of another life of the stream')
    const { run } = message
    if (isEvent(message)) {
      this.#events++
      if (!this.#open && run !== this.#run) this.#fault(seq, 'is an event of another run, and no gap says so')
      this.#open = false
    } else {
      if (message.status === 'gap') this.#gap(message.cause, message.lost)
      else if (!this.#open) this.#gap('alignment', null)
      this.#open = true
    }
    this.#run = run
  }

  finding(): Finding {
    const { length } = this.#faults
    const faults = this.#faults.slice(0, MOST_FAULTS)
    if (length > MOST_FAULTS) faults.push(`and ${length - MOST_FAULTS} more`)
    return {
      server: this.#server,
      first: this.#first,
      last: this.#last,
      events: this.#events,
      gaps: this.#gaps,
      lost: this.#lost,
      faults,
    }
  }

  #gap(cause: GapCause, lost: number | null): void {
    this.#gaps[cause] = (this.#gaps[cause] ?? 0) + 1
    this.#lost = this.#lost === null || lost === null ? null : this.#lost + lost
  }

  #fault(seq: number, what: string): void {
    this.#faults.push(`${seq} ${what}`)
  }
}
