import { checkClient, checkRecord, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import { MOST_HEADERS } from '../../wire/encoder.ts'
import { awaited } from '../caller-frames.ts'
import type { CallOptions } from '../calls/call.ts'
import { checkHelperOptions } from '../calls/check-call.ts'
import type { Client } from '../client.ts'
import { type ConfigChange, checkChanges, headersOf } from './config-changes.ts'
import { checkFilename, readConfig } from './config-file.ts'
import { needsLook, plan } from './config-plan.ts'
import { checkModule } from './reload.ts'

/** The options of `updateConfig`. */
export interface UpdateConfigOptions extends Omit<CallOptions, 'variables' | 'retry' | 'actionId'> {
  /** The file to write. @default the file that is read */
  to?: string | undefined
  /** Reloads this module afterwards, or all with `true`. @default false */
  reload?: string | boolean | undefined
}

// Action, ActionID, SrcFilename, DstFilename, Reload
const OWN_HEADERS = 5

/**
 * Changes a configuration file of the server, in the order given. The account needs the write right `config`.
 * Without a change the client sends nothing, and nothing is reloaded.
 * Asterisk accepts 128 headers an action, which is about 31 changes. More changes go in several actions. Asterisk does
 * all changes of one action or none.
 * Asterisk writes the complete file again. It leaves out a line that a template already gives, and comment blocks (`;--
 * --;`). Asterisk 16 turns `#tryinclude` into `#include`.
 * For `insert`, `delete` of a numbered line, `deleteCategory` and `renameCategory` the client reads the file first. It
 * rejects with `AMI_ARGUMENT`, and sends nothing, if a line does not exist, or if another category inherits from one
 * that would go.
 * Rejects with `AMI_REFUSED` for a change that cannot be made.
 * @throws {ArgumentError} at once, for a name, a category or a value that Asterisk would read back as something else
 */
export function updateConfig(
  client: Pick<Client, 'sendRaw'>,
  filename: string,
  changes: readonly ConfigChange[],
  options: UpdateConfigOptions = {},
): Promise<void> {
  checkClient(client)
  checkRecord('options', options)
  const { to = filename, reload = false, ...call } = options
  checkFilename('filename', filename)
  checkFilename('to', to)
  checkReload(reload)
  // the changes may need several actions, of which each acts once
  checkHelperOptions(call, ['variables', 'retry', 'actionId'])
  checkChanges(changes)
  // they may be sent later, when the caller's own may be something else
  return awaited(send(client, filename, to, reload, partsOf(changes.map(copyOf)), call))
}

async function send(
  client: Pick<Client, 'sendRaw'>,
  filename: string,
  to: string,
  reload: string | boolean,
  given: ConfigChange[][],
  call: CallOptions,
): Promise<void> {
  const look = given.some((part) => part.some(needsLook))
  const parts = look ? plan(await readConfig(client, filename, undefined, call), given) : given
  for (let index = 0; index < parts.length; index++) {
    const last = index === parts.length - 1
    const source = index === 0 ? filename : to
    let part = parts[index] as ConfigChange[]
    // what was written was not quite what was sent: a line that a template brings is left out
    if (index > 0 && given[index]?.some(needsLook)) {
      part = plan(await readConfig(client, source, undefined, call), given.slice(index))[0] as ConfigChange[]
    }
    const own = {
      SrcFilename: source,
      DstFilename: to,
      // reads the value as a module's name, or as yes or no
      Reload: last && reload !== false ? (reload === true ? 'yes' : reload) : undefined,
    }
    const numbered = part.flatMap((change, n) =>
      Object.entries(headersOf(change)).map(([name, value]) => [`${name}-${String(n).padStart(6, '0')}`, value]),
    )
    await client.sendRaw('UpdateConfig', { ...own, ...Object.fromEntries(numbered) }, call)
  }
}

function copyOf(change: ConfigChange): ConfigChange {
  return change.change === 'newCategory' && change.inherits !== undefined
    ? { ...change, inherits: [...change.inherits] }
    : { ...change }
}

/** Returns the changes in parts that fit into one action each. */
function partsOf(changes: readonly ConfigChange[]): ConfigChange[][] {
  const parts: ConfigChange[][] = []
  let room = 0
  for (const change of changes) {
    const count = Object.keys(headersOf(change)).length
    if (count > room) {
      parts.push([])
      room = MOST_HEADERS - OWN_HEADERS
    }
    parts.at(-1)?.push(change)
    room -= count
  }
  return parts
}

// main/utils.c:ast_true, ast_false
const YES_OR_NO = /^(?:yes|true|y|t|1|on|no|false|n|f|0|off)$/i

function checkReload(reload: unknown): void {
  if (typeof reload === 'boolean') return
  if (typeof reload !== 'string' || YES_OR_NO.test(reload)) {
    throw invalid('reload', `must be true, false or a module's name, ${got(reload)}`)
  }
  checkModule('reload', reload)
}
