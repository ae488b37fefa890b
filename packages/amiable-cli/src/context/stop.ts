// ^Z: the program stops until the shell lets it go on.
import { setImmediate as turn } from 'node:timers/promises'

/**
 * Stops this program with all others of its job, such as `npx`: the shell has its prompt only when all have stopped.
 * Resolves when the program goes on; at once where nobody could let it go on.
 */
export async function stopGroup(): Promise<void> {
  // the default of the signal stops the process in this call
  process.kill(0, 'SIGTSTP')
  await turn()
}
