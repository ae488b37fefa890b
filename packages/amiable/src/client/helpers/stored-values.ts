import { checkClient, checkRecord, checkText, got } from '../../check.ts'
import { ActionError, invalid } from '../../errors.ts'
import { byteLength } from '../../util/text.ts'
import { awaited } from '../caller-frames.ts'
import type { CallOptions } from '../calls/call.ts'
import { checkHelperOptions } from '../calls/check-call.ts'
import type { Client } from '../client.ts'
import type { RawResponse } from '../types.ts'

/*
 * Functions that do something when they are read, also inside another one: CUT(SHELL(…),…). Asterisk marks some
 * (AST_CFE_READ: func_shell.c, func_db.c, func_realtime.c, func_lock.c, func_periodic_hook.c). Others run what is in
 * them (func_strings.c:EVAL, func_evalexten.c), ask the network (func_curl.c) or change a variable (POP, SHIFT, INC,
 * DEC).
 */
const ACTS =
  /\b(SHELL|CURL|EVAL|EVAL_EXTEN|EVAL_SUB|DB_DELETE|REALTIME_DESTROY|LOCK|TRYLOCK|UNLOCK|PERIODIC_HOOK|POP|SHIFT|INC|DEC)\s*\(/i

/**
 * Reads a variable or a dialplan function: of a channel with `channel`, otherwise a global one. The account needs the
 * write right `call` or `reporting`.
 * Resolves with `undefined` for a variable of a channel that is not set. A global variable or a function that is not
 * set is `''`, because Asterisk does not say whether it is unset or empty.
 * Rejects with `AMI_ARGUMENT` for a function that acts when it is read, such as `SHELL` or `DB_DELETE`. Rejects with
 * `AMI_REFUSED` if there is no such channel.
 */
export function getVariable(
  client: Pick<Client, 'sendRaw'>,
  name: string,
  options: CallOptions & { channel?: string | undefined } = {},
): Promise<string | undefined> {
  return awaited(readVariable(client, name, options))
}

async function readVariable(
  client: Pick<Client, 'sendRaw'>,
  name: string,
  options: CallOptions & { channel?: string | undefined },
): Promise<string | undefined> {
  checkClient(client)
  checkText('name', name, "a variable's name")
  const [, acting] = ACTS.exec(name) ?? []
  if (acting !== undefined) {
    throw invalid('name', `cannot be ${acting}(…), which does something when it is read: send Getvar if you mean it`)
  }
  checkRecord('options', options)
  const { channel, ...call } = options
  // an empty one would read a global variable
  if (channel !== undefined) checkText('channel', channel, "a channel's name")
  checkHelperOptions(call)
  const reply = await client.sendRaw('Getvar', { Channel: channel, Variable: name }, call)
  const value = reply.get('Value') ?? ''
  if (value !== '' || channel === undefined || name.endsWith(')')) return value
  // main/manager.c:generate_status prints a variable that is not set as (null)
  const status = await client.sendRaw('Status', { Channel: channel, Variables: name }, call)
  const unset = status.events.some((event) => event.getAll('Variable').includes(`${name}=(null)`))
  return unset ? undefined : ''
}

// main/db.c: what is longer is not found
const KEY_BYTES = 253

/**
 * Reads a value of the AstDB. Resolves with `undefined` if there is none. The account needs the write right `system` or
 * `reporting`.
 * Before Asterisk 20 the server cuts a value after 255 bytes. For all values of a family use `ami.send('DBGetTree', {
 * Family })`.
 * Rejects with `AMI_ARGUMENT` for a wrong family or key.
 */
export function dbGet(
  client: Pick<Client, 'sendRaw'>,
  family: string,
  key: string,
  options: CallOptions = {},
): Promise<string | undefined> {
  return awaited(readFromDatabase(client, family, key, options))
}

async function readFromDatabase(
  client: Pick<Client, 'sendRaw'>,
  family: string,
  key: string,
  options: CallOptions,
): Promise<string | undefined> {
  checkClient(client)
  checkText('family', family)
  checkText('key', key)
  if (byteLength(family + key, 'utf8') > KEY_BYTES) {
    throw invalid('key', `must be at most ${KEY_BYTES} bytes long with its family, ${got(family.length + key.length)}`)
  }
  checkHelperOptions(options)
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
