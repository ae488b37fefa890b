import { AsyncQueue } from '../../util/async-queue.ts'
import { hold, letGo, type Message } from '../../wire/message.ts'

/** Which part of `limits.held` events may fill that wait: the rest is left for calls and their answers. */
export const EVENTS_SHARE = 0.75

/** Messages that wait for a loop. They count as held for their clients until they are taken, or until no more come. */
export class MessageQueue extends AsyncQueue<Message> {
  #share: number
  #counts = true

  /**
   * @param share which part of `limits.held` may be full with them
   * @param onEnd called once, when the queue takes no more
   */
  constructor(share: number, onEnd: () => void) {
    super(onEnd)
    this.#share = share
  }

  /** Adds a message, or returns false where `limits.held` has no room for it. */
  offer(message: Message): boolean {
    if (!this.awaited && !this.ended && !hold(message, this.#share)) return false
    this.push(message)
    return true
  }

  override shift(): Message | undefined {
    const message = super.shift()
    if (message !== undefined && this.#counts) letGo(message)
    return message
  }

  override end(error?: unknown): void {
    // what is left is the loop's own: it grows no more, and nobody may come for it
    if (this.#counts) for (const message of this.items()) letGo(message)
    this.#counts = false
    super.end(error)
  }
}
