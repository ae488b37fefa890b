// Before something is changed: a context may refuse it, or want to be asked.
import { ask } from '../context/ask.ts'
import type { Target } from '../context/targets.ts'
import { usage } from '../errors/usage.ts'
import type { Common, Io } from '../io.ts'
import { visible } from '../output/visible.ts'

/**
 * Sees to it that something may be changed on these servers.
 * @param what what will be done, as in `Originate`
 * @param yes whether the user has answered already
 * @throws {CliError} if a context only reads, or nobody can be asked, or the answer is no
 */
export async function mayChange(
  io: Io,
  { input }: Common,
  targets: readonly Target[],
  what: string,
  yes: boolean,
): Promise<void> {
  const reader = targets.find(({ context }) => context.readOnly)
  if (reader) {
    throw usage(`${reader.name} is read-only: ${what} is refused`, `amiable context set ${reader.name} --no-read-only`)
  }
  const names = targets.map(({ name }) => name).join(', ')
  if (yes || (targets.length === 1 && !targets[0]?.context.protect)) return
  if (!io.isTerminal.in || !input) {
    throw usage(`${what} on ${names} wants to be asked about, and there is no terminal`, '--yes answers the question')
  }
  const answer = await ask(`${visible(what)} on ${names}? [y/N] `, io.signal)
  if (!/^y(?:es)?$/i.test(answer.trim())) throw usage('nothing was changed')
}

/** Whether a command of the console only shows something: these have the word among the first of their names. */
export function onlyShows(line: string): boolean {
  const [first = '', ...rest] = line.trim().toLowerCase().split(/\s+/).slice(0, 4)
  return first === 'help' || rest.includes('show') || rest.includes('list')
}
