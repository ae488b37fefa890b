import { ActionError, LimitError } from '../../errors.ts'
import { ANSWERED } from '../../util/peek.ts'
import { originOf } from '../../wire/message.ts'
import { awaited } from '../caller-frames.ts'
import { MessageQueue } from '../events/message-queue.ts'
import { INSPECT } from '../inspect.ts'
import type { Begun, Outcome } from './call.ts'
import type { Response } from './response.ts'

/** Options that have what takes the Response of a list at its place in the stream. */
export interface WithAnswered {
  readonly [ANSWERED]?: (response: Response) => void
}

/** Yields the rows of a list as they arrive. Iterate it once, with `for await` or `toArray()`. */
export class EventList<R, C> implements AsyncIterableIterator<R> {
  /** The event that completed the list. It is there when the iteration has ended. */
  completion: C | undefined
  /** The Response, with headers and lines that are no rows. It is there when the iteration has ended. */
  response: Response | undefined
  #queue: MessageQueue
  #giveUp: () => void = () => {}
  #read = false

  /**
   * @param begin starts the call and gives what gives it up
   * @param most how many rows may wait for the loop; past it the list ends with `AMI_LIMIT`
   * @param answered takes the Response at its place in the stream
   */
  constructor(
    source: string,
    most: number,
    begin: (outcome: Outcome) => Begun,
    answered?: (response: Response) => void,
  ) {
    this.#queue = new MessageQueue(1, () => this.#giveUp())
    const { giveUp } = begin({
      row: (row) => {
        if (this.#queue.size < most) {
          if (!this.#queue.offer(row)) this.#queue.end(originOf(row).intake.pastHeld('a row that waits for list()'))
          return
        }
        const text = `${source}: the loop over list() is limits.rows (${most}) rows behind`
        this.#queue.end(new LimitError(text, { source, limit: 'limits.rows', value: most }))
      },
      resolve: (response: Response) => {
        this.completion = response.completion as C | undefined
        this.response = response
        answered?.(response)
        this.#queue.end()
      },
      reject: (error) => {
        if (error instanceof ActionError) answered?.(error.response as Response)
        this.#queue.end(error)
      },
    })
    this.#giveUp = giveUp
  }

  next(): Promise<IteratorResult<R>> {
    this.#read = true
    // an error comes behind the rows
    const certain = this.#queue.size > 0
    const next = this.#queue.next() as Promise<IteratorResult<R>>
    return certain ? next : awaited(next)
  }

  return(): Promise<IteratorResult<R>> {
    return this.#queue.return() as Promise<IteratorResult<R>>
  }

  /** Resolves with the rows that you have not iterated yet, when the list is complete. */
  toArray(): Promise<R[]> {
    return awaited(this.#toArray())
  }

  async #toArray(): Promise<R[]> {
    const rows: R[] = []
    for await (const row of this) rows.push(row)
    return rows
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  [INSPECT](): string {
    return `EventList (${this.#read ? 'read' : 'not read yet: for await, or toArray()'})`
  }
}
