import type { RefusalCode } from '../protocol/action.ts'

/** An action that is refused before anything is sent. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Makes the refusal of a record that is not there, or that one may not see: both look the same from outside. */
export function gone(): Refused {
  return new Refused('gone', 'is no longer there')
}
