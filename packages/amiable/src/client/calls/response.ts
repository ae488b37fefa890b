import type { MessageJson } from '../../wire/json.ts'
import { Message } from '../../wire/message.ts'

// those of all versions since 1.4; before 1.6 a Ping was answered with Pong (main/manager.c)
const SUCCESS = new Set(['success', 'follows', 'goodbye', 'pong'])

/** Whether a Response says that the action was done; a raw output that says nothing of the kind counts as one that does. */
export function succeeded(reply: Message): boolean {
  return reply.kind !== 'response' || reply.title === 'Success' || SUCCESS.has(reply.title.toLowerCase())
}

/** The answer to an action, with every event that belongs to it. Its headers are properties of it, as an event's are. */
export class Response extends Message {
  /** Whether the server said `Success`, `Follows`, `Goodbye` or `Pong`; a raw output that says none counts as one. */
  readonly success: boolean
  /** The related events in order, the completing one left out. */
  readonly events: readonly Message[]
  /** The event that said that the list was complete, where there was one. */
  readonly completion: Message | undefined

  /** @param reply the first answer, or an Error that came after it */
  constructor(reply: Message, events: readonly Message[], completion: Message | undefined) {
    super(reply.origin, reply.kind, reply.detach(), 2)
    this.success = succeeded(reply)
    this.events = events
    this.completion = completion
  }

  /** The server's text, such as `Originate successfully queued`; empty where it gave none. */
  get message(): string {
    return this.get('Message') ?? ''
  }

  override toJSON(): MessageJson {
    return {
      ...super.toJSON(),
      success: this.success,
      events: this.events.map((event) => event.toJSON()),
      ...(this.completion && { completion: this.completion.toJSON() }),
    }
  }
}
