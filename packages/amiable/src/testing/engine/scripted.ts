import type { ActionContext, ActionEntry } from '../actions/context.ts'
import type { HeadersInit } from '../protocol/byte-text.ts'
import type { ReceivedAction } from '../protocol/received-action.ts'
import type { Reply } from '../protocol/reply.ts'

/** The result of a handler: the headers of the reply, or nothing. */
export type ScriptedReply = HeadersInit | undefined

/**
 * Answers an action. `builtIn` does what the simulator would do by itself. While the handler's promise is pending the
 * session does nothing else, as in Asterisk.
 */
export type ScriptedHandler = (
  action: ReceivedAction,
  reply: Reply,
  builtIn: () => Promise<undefined>,
) => ScriptedReply | Promise<ScriptedReply> | Promise<void>

/** Runs a scripted handler. */
export function scripted(
  context: ActionContext,
  handler: ScriptedHandler,
  builtIn: ActionEntry | undefined,
): void | Promise<void> {
  const { action, reply } = context
  const fallback = async (): Promise<undefined> => {
    if (builtIn !== undefined) await builtIn.handler(context)
    else reply.error(`Invalid/unknown command: ${action.name}. Use Action: ListCommands to show available commands.`)
    return undefined
  }
  const result = handler(action, reply, fallback)
  if (result instanceof Promise) return (result as Promise<ScriptedReply>).then((headers) => answer(reply, headers))
  answer(reply, result)
}

function answer(reply: Reply, headers: ScriptedReply): void {
  if (headers === undefined) return
  const all: (readonly [string, string | number | boolean])[] = []
  const entries = Symbol.iterator in headers ? [...headers] : Object.entries(headers)
  for (const [name, value] of entries) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) all.push([name, one])
  }
  const at = all.findIndex(([name]) => name === 'Response')
  const response = at === -1 ? 'Success' : String(all.splice(at, 1)[0]![1])
  reply.respond(response, undefined, all)
}
