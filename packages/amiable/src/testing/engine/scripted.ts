import type { ActionContext, ActionEntry } from '../actions/context.ts'
import { checkHeaders, type HeadersInit } from '../protocol/byte-text.ts'
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
  // what a test's handler throws is the test's, and its session goes on
  const failed = (error: unknown): void => {
    queueMicrotask(() => {
      throw error
    })
    reply.error(`The handler of ${action.name} failed.`)
  }
  try {
    const result = handler(action, reply, fallback)
    if (result instanceof Promise) {
      return (result as Promise<ScriptedReply>).then((headers) => answer(reply, headers)).catch(failed)
    }
    answer(reply, result)
  } catch (error) {
    failed(error)
  }
}

function answer(reply: Reply, headers: ScriptedReply): void {
  if (headers === undefined) return
  checkHeaders('reply', headers)
  const all: (readonly [string, string | number | boolean])[] = []
  const entries = Symbol.iterator in headers ? [...headers] : Object.entries(headers)
  for (const [name, value] of entries) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) all.push([name, one])
  }
  const at = all.findIndex(([name]) => name === 'Response')
  const response = at === -1 ? 'Success' : String(all.splice(at, 1)[0]![1])
  reply.respond(response, undefined, all)
}
