import { setImmediate as turn } from 'node:timers/promises'

/** Lets everything that is under way inside this process happen; no time passes. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await turn()
}
