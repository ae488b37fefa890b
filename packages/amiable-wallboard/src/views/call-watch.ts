// One call from what is known of it to its end: its channels, also those that have ended, and what happened.
import type { Call, Channel, State, Step } from 'amiable/state'
import type { MarkRow } from '../protocol/call-rows.ts'
import { keyOf } from './look.ts'

const MOST_MARKS = 500
const MOST_CHANNELS = 200

const TYPES: Readonly<Partial<Record<Step['type'], MarkRow['type']>>> = {
  'dial-end': 'dialEnd',
  'left-queue': 'leftQueue',
}

/** Follows a call for as long as somebody looks. */
export class CallWatch {
  readonly channels = new Map<string, { channel: Channel; endedAt: number | null }>()
  readonly marks = new Map<string, MarkRow>()
  #server: string
  #ending = new AbortController()
  #wasShown = false

  constructor(server: string, state: State, call: string, changed: () => void) {
    this.#server = server
    void this.#follow(state, call, changed)
  }

  /** Whether the call is shown. One that has ended has no legs that say whose it was: then it is as it was before. */
  isShown(call: Call | undefined, isSeen: (call: Call) => boolean): boolean {
    if (call !== undefined && (call.phase !== 'ended' || !this.#wasShown)) this.#wasShown = isSeen(call)
    return this.#wasShown
  }

  close(): void {
    this.#ending.abort()
  }

  async #follow(state: State, call: string, changed: () => void): Promise<void> {
    try {
      for await (const step of state.follow({ call }, { signal: this.#ending.signal })) {
        if (step.type === 'end') break
        if (step.type === 'channel') this.channels.set(step.channel.id, { channel: step.channel, endedAt: null })
        this.#mark(step)
        if (this.channels.size >= MOST_CHANNELS || this.marks.size >= MOST_MARKS) break
        changed()
      }
    } catch {
      // nobody looks any more, or the model is closed
    }
    changed()
  }

  #mark(step: Exclude<Step, { type: 'end' }>): void {
    if (step.type === 'cdr') return
    const at = step.at.getTime()
    const legs = legsOf(step).map((id) => keyOf(this.#server, id))
    if (step.type === 'hangup') {
      const leg = this.channels.get(step.channel)
      if (leg) leg.endedAt = at
    }
    const key = keyOf(this.#server, String(this.marks.size))
    const type = TYPES[step.type] ?? (step.type as MarkRow['type'])
    this.marks.set(key, { key, server: this.#server, at, type, legs, text: textOf(step) })
  }
}

type Shown = Exclude<Step, { type: 'end' | 'cdr' }>

function legsOf(step: Shown): string[] {
  switch (step.type) {
    case 'channel':
      return [step.channel.id]
    case 'dial':
      return step.from === undefined ? [step.to] : [step.from, step.to]
    case 'dial-end':
      return [step.to]
    case 'bridged':
      return [step.channel, ...step.with]
    default:
      return 'channel' in step ? [step.channel] : []
  }
}

function textOf(step: Shown): string | null {
  switch (step.type) {
    case 'dial':
      return step.string
    case 'dial-end':
      return step.status
    case 'queued':
    case 'connected':
    case 'abandoned':
    case 'left-queue':
      return step.queue
    case 'parked':
    case 'unparked':
      return step.space
    case 'room':
      return step.room
    case 'transfer':
      return step.result
    case 'hangup':
      return step.text ?? String(step.cause)
    case 'gap':
      return String(step.milliseconds)
    case 'merged':
      return step.into
    default:
      return null
  }
}
