import { checkClient, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import { awaited } from '../caller-frames.ts'
import type { CallOptions } from '../calls/call.ts'
import { checkHelperOptions } from '../calls/check-call.ts'
import type { Client } from '../client.ts'

// a big dialplan or many PJSIP endpoints in a database take their time
const RELOAD_TIMEOUT = 120_000

/**
 * Reloads the configuration of one module, or of all. The server sends nothing else to this session meanwhile. The
 * account needs the write right `system` or `config`.
 * Rejects with `AMI_ARGUMENT` for a wrong name: Asterisk would take an empty name as all modules. Rejects with
 * `AMI_REFUSED` if there is no such module, or if it cannot be reloaded.
 * @param module such as `app_queue` or `res_pjsip`. @default all
 * @param options.timeout milliseconds. @default 120_000
 */
export function reload(
  client: Pick<Client, 'sendRaw'>,
  module?: string,
  options: Omit<CallOptions, 'variables' | 'retry'> = {},
): Promise<void> {
  return awaited(sendReload(client, module, options))
}

async function sendReload(
  client: Pick<Client, 'sendRaw'>,
  module: string | undefined,
  options: Omit<CallOptions, 'variables' | 'retry'>,
): Promise<void> {
  checkClient(client)
  if (module !== undefined) checkModule('module', module)
  checkHelperOptions(options, ['variables', 'retry'])
  await client.sendRaw('Reload', { Module: module }, { ...options, timeout: options.timeout ?? RELOAD_TIMEOUT })
}

/** Checks the name of a module. */
export function checkModule(argument: string, name: unknown): void {
  if (typeof name === 'string' && /^[\w.-]{1,200}$/.test(name)) return
  throw invalid(argument, `must be a module's name such as app_queue, ${got(name)}`)
}
