/** Counts since the client was made, and what is under way. */
export interface Stats {
  /** Actions that await their answer. */
  readonly inFlight: number
  /** Calls that wait for a login or their turn. */
  readonly queued: number
  /** Events that wait for listeners. */
  readonly backlog: number
  /** Bytes that are held for the server, of `limits.held`. */
  readonly held: number
  readonly bytesRead: number
  readonly bytesWritten: number
  /** Events received that belong to no action. */
  readonly events: number
  /** Events that a listener or an iterator got. */
  readonly delivered: number
  /** Events lost because a consumer was too slow. */
  readonly dropped: number
  /** Answers that came after their call had ended. */
  readonly lateReplies: number
  /** Responses that belong to no call of ours. */
  readonly unclaimedReplies: number
  /** Pieces of the stream that were no AMI or past a limit. */
  readonly faults: number
  /** Logins after the first. */
  readonly reconnects: number
  /** How many milliseconds the last Ping took; `undefined` before one. */
  readonly roundTrip: number | undefined
}
