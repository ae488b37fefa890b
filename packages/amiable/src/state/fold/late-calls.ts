import type { Call, Channel } from '../records.ts'
import type { Tables } from '../table.ts'

const TALKS: ReadonlySet<Call['phase']> = new Set(['up', 'held', 'conference'] as const)
// what is known of the call of a channel that is here, and how many such notes there are
const [WAITS, TALKING, ANSWERED, ROUND] = [1, 2, 3, 4]

/** Whether somebody talks in such a call. */
export function talks(phase: Call['phase'] | undefined): boolean {
  return phase !== undefined && TALKS.has(phase)
}

/** The calls that are made again when somebody looks. */
export class LateCalls {
  #ids = new Set<string>()
  /** What is noted of channels holds for one round: until a call is made again. */
  #round = 0

  get isEmpty(): boolean {
    return this.#ids.size === 0
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  delete(id: string): void {
    if (this.#ids.delete(id)) this.#round += ROUND
  }

  /** Returns them; each is to be made again, and goes with that. */
  ids(): Iterable<string> {
    return this.#ids
  }

  /**
   * Adds the call of a channel.
   * @param answers whether it can be answered by what has changed, or later: until it was, it cannot wait
   * @param isBridged whether a channel of it is in a bridge: then it goes on as it is, if somebody talks in it
   * @returns false where it cannot wait
   */
  add({ call, channel: channels }: Tables, channel: Channel, answers: boolean, isBridged: boolean): boolean {
    // neither the call nor the set is looked at again: they do not fit into the caches of a processor
    const known = channels.noteOf(channel) - this.#round
    if (known >= WAITS && (!answers || known === ANSWERED || (isBridged && known === TALKING))) return true
    const record = answers ? call.get(channel.call) : undefined
    const isAnswered = record?.answeredAt !== undefined
    const isTalking = talks(record?.phase)
    if (answers && !isAnswered && !(isBridged && isTalking)) return false
    this.#ids.add(channel.call)
    channels.note(channel, this.#round + (isAnswered ? ANSWERED : isTalking ? TALKING : WAITS))
    return true
  }
}
