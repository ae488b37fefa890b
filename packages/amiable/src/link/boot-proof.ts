import type { Params } from '../wire/encoder.ts'
import { linesOf, type Message } from '../wire/message.ts'

/** An action whose answer proves that the server has booted. */
export interface BootProof {
  readonly action: string
  readonly params: Params
  /** Whether the answer comes only when all modules are loaded, and keeps the session from answering anything else. */
  readonly blocks: boolean
  /** Whether an answer that does not prove it proves that the server still boots. */
  readonly disproves: boolean
  proves(reply: Message): boolean
}

/** Main/asterisk.c:asterisk_daemon registers its commands when the server has booted, and none of them before. */
export const cliProof: BootProof = {
  action: 'Command',
  params: { Command: 'core show version' },
  blocks: false,
  disproves: true,
  proves: (reply) => linesOf(reply).includes('Asterisk ') && !linesOf(reply).includes('No such command'),
}

const proofs: readonly BootProof[] = [
  cliProof,
  {
    // main/loader.c:load_modules holds the list of modules all the time, and IFMODULE looks into it
    // (funcs/func_module.c:ifmodule_read). Where that function is not loaded, its value is empty.
    action: 'Getvar',
    params: { Variable: 'IFMODULE(func_module.so)' },
    blocks: true,
    disproves: false,
    proves: (reply) => reply.get('Value') === '1',
  },
]

/** Returns what can prove it to an account that has these commands. */
export function proofFor(commands: ReadonlySet<string> | undefined): BootProof | undefined {
  return proofs.find(({ action }) => commands?.has(action.toLowerCase()))
}

/** Whether the answer to `manager show user` says that the account may read a class (main/manager.c:handle_showmanager). */
export function mayRead(reply: Message, wanted: string): boolean | undefined {
  const [, classes] = linesOf(reply).split('read perm: ', 2)
  if (classes === undefined) return undefined
  return `,${classes.slice(0, classes.search(/[\r\n]|$/))},`.includes(`,${wanted},`)
}

// limits on what a server can make the client keep
const MOST_COMMANDS = 1_024
const LONGEST_COMMAND = 64

/** Returns the names that an answer to `ListCommands` has, in small letters. */
export function commandsOf(reply: Message): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [name] of reply.headers) {
    if (names.size === MOST_COMMANDS) break
    if (name.length <= LONGEST_COMMAND && !OWN_HEADERS.has(name)) names.add(name.toLowerCase())
  }
  return names
}

const OWN_HEADERS = new Set(['Response', 'ActionID', 'Message'])
