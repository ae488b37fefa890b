import type { CallOptions } from '../calls/call.ts'
import type { Client } from '../client.ts'

// a big dialplan or many PJSIP endpoints in a database take their time
const RELOAD_TIMEOUT = 120_000

/**
 * Has a module read its configuration again, or all of them. The server says nothing else to this session meanwhile.
 * Needs the write right `system` or `config`.
 * @param module such as `app_queue` or `res_pjsip`. @default all
 * @param options.timeout milliseconds. @default 120_000
 * Rejects with `AMI_REFUSED` where there is no such module or it cannot be reloaded.
 */
export async function reload(
  client: Pick<Client, 'sendRaw'>,
  module?: string,
  options: Omit<CallOptions, 'variables' | 'retry'> = {},
): Promise<void> {
  await client.sendRaw('Reload', { Module: module }, { timeout: RELOAD_TIMEOUT, ...options })
}
