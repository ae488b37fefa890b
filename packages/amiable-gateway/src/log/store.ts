// What a log needs of whoever stores it.
import type { AnyMessage, StatusMessage } from './message.ts'

/** The end of a log. */
export interface Last {
  /** The life of the stream. */
  readonly log: string
  /** The sequence of the last message; 0 where there never was one. */
  readonly seq: number
  /** The message itself; absent where it is no more kept, or where no gateway has written it. */
  readonly message: AnyMessage | undefined
}

/** What became of a message. `refused`: another one is stored at its place. `failed`: nobody knows, or it cannot be. */
export type Outcome =
  | { readonly type: 'stored'; readonly seq: number }
  | { readonly type: 'refused' }
  | { readonly type: 'failed'; readonly why: string }

/** Stores the log of one server. */
export interface LogStore {
  /** The most bytes that a message may have. */
  readonly maxPayload: number
  /** Returns the end as some node knows it, perhaps late. Rejects where nobody answers. */
  peek(): Promise<Last>
  /** Returns the end as the node that decides knows it. */
  end(): Promise<Last>
  /** Returns up to `count` messages that end with this one, oldest first, without those that are no more kept. */
  tail(last: number, count: number): Promise<readonly AnyMessage[]>
  /**
   * Stores a message at `seq` or nowhere.
   * @param done called once at most; without a connection at once or never
   */
  append(subject: string, payload: string | Uint8Array, seq: number, done: (outcome: Outcome) => void): void
  /** Stores what a gateway says about itself, beside the log; returns its number among all that is said of all servers. */
  say(status: StatusMessage): Promise<number>
}
