// The wait for the first picture of a server.
import type { Client } from 'amiable'
import type { State } from 'amiable/state'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { spell } from '../output/time.ts'

// milliseconds that an action may take where --timeout says nothing
const ACTION = 10_000
// how many actions in a row a picture waits for, at most
const IN_A_ROW = 3

/**
 * Resolves once the server's picture is there.
 * @param timeout milliseconds that an action may take
 * @throws {CliError} if the server does not answer its lists, or leaves them without an end
 */
export async function seen(client: Client, state: State, signal: AbortSignal, timeout = ACTION): Promise<void> {
  // AbortSignal.timeout takes whole numbers alone
  const patience = Math.min(Math.ceil(timeout * IN_A_ROW), 2 ** 31 - 1)
  const late = AbortSignal.timeout(patience)
  try {
    await state.ready({ signal: AbortSignal.any([signal, late]) })
  } catch (error) {
    if (signal.aborted) throw error
    // why the connection ended says more than that it did
    if (!late.aborted) throw (await client.closed).error ?? error
    throw new CliError(`${client.name}: the server did not list what there is within ${spell(patience)}`, {
      exit: EXIT.late,
      code: 'TIMEOUT',
      hints: ['A list had no answer or no end. --timeout gives each more time, -vv shows which it was.'],
    })
  }
}
