/** What the exit status of a command means. A script may rely on these numbers. */
export const EXIT = {
  done: 0,
  /** The server said no. */
  refused: 1,
  /** The command was used wrongly. */
  usage: 2,
  /** There is no connection, or it was lost while nothing could have changed. */
  noConnection: 3,
  /** The server refused the login. */
  login: 4,
  /** It was not done in time. */
  late: 5,
  /** Nobody knows whether it happened: do not repeat it blindly. */
  unknown: 6,
  /** A limit was reached. */
  limit: 7,
  /** Of several servers at least one failed. */
  some: 8,
  /** A fault of this program. */
  bug: 70,
  /** The output or another file could not be written. */
  output: 74,
  interrupted: 130,
  terminated: 143,
} as const
