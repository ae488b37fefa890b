import { ActionError } from '../../errors.ts'
import type { CallOptions } from '../calls/call.ts'
import type { Client } from '../client.ts'
import type { RawResponse } from '../types.ts'

/**
 * Reads a variable or a dialplan function: a channel's with `channel`, else a global one.
 * Gives `undefined` for a channel's variable that is not set. Of a global one, and of a function, Asterisk does not
 * tell unset from empty: both are `''`. Needs the write right `call` or `reporting`.
 * Rejects with `AMI_REFUSED` where there is no such channel.
 */
export async function getVariable(
  client: Pick<Client, 'sendRaw'>,
  name: string,
  options: CallOptions & { channel?: string | undefined } = {},
): Promise<string | undefined> {
  const { channel, ...call } = options
  const reply = await client.sendRaw('Getvar', { Channel: channel, Variable: name }, call)
  const value = reply.get('Value') ?? ''
  if (value !== '' || channel === undefined || name.endsWith(')')) return value
  // main/manager.c:generate_status prints a variable that is not set as (null)
  const status = await client.sendRaw('Status', { Channel: channel, Variables: name }, call)
  const unset = status.events.some((event) => event.getAll('Variable').includes(`${name}=(null)`))
  return unset ? undefined : ''
}

/**
 * Reads a value of the AstDB; `undefined` where there is none. Needs the write right `system` or `reporting`.
 * For a whole family `ami.send('DBGetTree', { Family })` has a row for each.
 */
export async function dbGet(
  client: Pick<Client, 'sendRaw'>,
  family: string,
  key: string,
  options: CallOptions = {},
): Promise<string | undefined> {
  try {
    const reply = await client.sendRaw('DBGet', { Family: family, Key: key }, options)
    return reply.events[0]?.get('Val')
  } catch (error) {
    // main/db.c:manager_dbget
    if (error instanceof ActionError && (error.response as RawResponse).message === 'Database entry not found') {
      return undefined
    }
    throw error
  }
}
