/** What a client has counted since it was made, and what is under way. */
export interface Stats {
  /** Actions that await their answer. */
  readonly inFlight: number
  /** Calls that wait for a login or their turn. */
  readonly queued: number
  /** Events that wait for listeners. */
  readonly backlog: number
  /** Bytes that the client holds for the server. `limits.held` limits them. */
  readonly held: number
  readonly bytesRead: number
  readonly bytesWritten: number
  /** Events received that belong to no action. */
  readonly events: number
  /** Events that a listener or a loop received. */
  readonly delivered: number
  /** Events that were dropped because a listener or a loop was too slow. */
  readonly dropped: number
  /** Answers that arrived after their call had ended. */
  readonly lateReplies: number
  /** Responses that belong to no call of this client. */
  readonly unclaimedReplies: number
  /** Pieces of what the server sent that were no AMI or over a limit. */
  readonly faults: number
  /** Logins after the first. */
  readonly reconnects: number
  /** How many milliseconds the last Ping took. `undefined` before the first. */
  readonly roundTrip: number | undefined
}
