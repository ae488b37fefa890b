export { EXIT } from 'amiable-settings'

/** The table of the manual and of the README. */
export const MEANINGS: readonly (readonly [status: string, meaning: string])[] = [
  ['0', 'done, and it worked'],
  ['1', 'the server said no'],
  ['2', 'used wrongly'],
  ['3', 'no connection, or it was lost while nothing could have changed'],
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
