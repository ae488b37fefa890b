import type { Target } from '../target.ts'
import { everyAction } from './actions.ts'
import { interleaved } from './interleaved.ts'
import { login } from './login.ts'
import { rights } from './rights.ts'
import { text } from './text.ts'

/** The whole contract, for one target. */
export function contract(target: Target): void {
  login(target)
  everyAction(target)
  text(target)
  interleaved(target)
  rights(target)
}
