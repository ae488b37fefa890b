/** What the command's exit status means. A script may rely on these numbers. */
export const EXIT = {
  done: 0,
  /** The server said no. */
  refused: 1,
  /** The command was used wrongly. */
  usage: 2,
  /** There is no connection, or it was lost before the action had left. */
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

/** The table of the manual and of the README. */
export const MEANINGS: readonly (readonly [status: string, meaning: string])[] = [
  ['0', 'done, and it worked'],
  ['1', 'the server said no'],
  ['2', 'used wrongly'],
  ['3', 'no connection, or the connection was lost before the action had left'],
  ['4', 'the login was refused'],
  ['5', 'not in time'],
  ['6', 'unknown whether it happened: look before you repeat it'],
  ['7', 'a limit was reached'],
  ['8', 'of several servers at least one failed'],
  ['10 to 14', 'a call was busy (10), not answered (11), met congestion (12), was hung up (13) or failed (14)'],
  ['70', 'a fault of this program'],
  ['74', 'the output could not be written'],
  ['130, 143', 'ended by SIGINT (^C), by SIGTERM'],
]
