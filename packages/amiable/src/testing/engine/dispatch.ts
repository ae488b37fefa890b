import type { ActionEntry, ServerControl } from '../actions/context.ts'
import type { Faults } from '../faults/faults.ts'
import { echoOf, endlessParts, mangle } from '../faults/mangle.ts'
import { resetSocket } from '../faults/reset-socket.ts'
import type { Rule } from '../faults/rule.ts'
import type { Runner } from '../model/dialing.ts'
import type { World } from '../model/world.ts'
import type { Incoming } from '../protocol/input.ts'
import type { ReceivedAction } from '../protocol/received-action.ts'
import { Reply } from '../protocol/reply.ts'
import type { Session } from './session.ts'

/** What the dispatcher needs of its server. */
export interface DispatchHost {
  readonly faults: Faults
  readonly world: World
  readonly runner: Runner
  readonly control: ServerControl
  find(name: string): ActionEntry | undefined
  /** Whether an action is there whose module does not run yet. */
  isDenied(name: string): boolean
  received(action: ReceivedAction): void
  shuttingDown(): boolean
}

/** Runs an action, or refuses it: who may run what, and what it answers (manager.c:process_message). */
export function perform(
  host: DispatchHost,
  session: Session,
  action: ReceivedAction,
  problem: Incoming['problem'],
): void | Promise<void> {
  const clock = host.world.core.clock
  const id = action.header('ActionID')
  const refuse = (message: string) => {
    action.outcome = 'refused'
    new Reply(id, clock, (text) => session.write(text)).error(message)
  }
  host.received(action)
  if (problem === 'too many') return refuse('Too many lines in message or allocation failure')
  if (problem === 'too long') return refuse('Failed to parse message: line too long')
  const name = action.header('Action', true)
  if (name === '') return refuse('Missing action in request')
  if (host.shuttingDown()) return refuse('Asterisk is shutting down')
  if (session.user === undefined && !/^(login|logoff|challenge)$/i.test(name)) return refuse('Permission denied')
  const entry = host.find(name)
  if (entry === undefined) {
    return refuse(`Invalid/unknown command: ${action.name}. Use Action: ListCommands to show available commands.`)
  }
  if (entry.privilege !== 0 && ((session.user?.write ?? 0) & entry.privilege) === 0) return refuse('Permission denied')
  if (host.isDenied(name)) {
    // main/manager.c:process_message leaves its verdict at -1, which ends the session
    refuse('Permission denied')
    session.end()
    return
  }
  const run = (write: (text: string) => void): void | Promise<void> => {
    action.outcome = 'executed'
    const reply = new Reply(id, clock, write)
    return entry.handler({ action, reply, world: host.world, runner: host.runner, session, server: host.control })
  }
  if (host.faults.none) return run((text) => session.write(text))
  return faulty(host, session, entry.name, action, run)
}

async function faulty(
  host: DispatchHost,
  session: Session,
  name: string,
  action: ReceivedAction,
  run: (write: (text: string) => void) => void | Promise<void>,
): Promise<void> {
  const { faults } = host
  const core = host.world.core
  const id = action.header('ActionID')
  if (faults.is('drip') || faults.is('flood')) return
  if (faults.take('echo', name) !== undefined) {
    session.write(echoOf(action.lines, id))
    return
  }
  const reset = faults.take('reset', name)
  const drop = faults.take('drop', name)
  if (reset !== undefined && !reset.flag) return void resetSocket(session.socket)
  if (drop?.flag === true) return
  if (name.toLowerCase() === 'login') {
    const delay = faults.take('delayLogin', 'Login')
    if (delay !== undefined) await core.delay(delay.number)
    const refused = faults.take('refuseLogin', 'Login')
    if (refused !== undefined) {
      new Reply(id, core.clock, (text) => session.write(text)).error(refused.text)
      session.end()
      return
    }
  }
  let text = ''
  await run((part) => {
    text += part
  })
  if (reset !== undefined) return void resetSocket(session.socket)
  if (drop !== undefined) return
  if (faults.take('halfClose', name) !== undefined) {
    session.output.flush()
    session.socket.end()
    return
  }
  const headers = faults.take('endlessHeaders', name)
  const endless = headers?.number === Number.POSITIVE_INFINITY ? headers : faults.take('endlessList', name)
  if (endless !== undefined) {
    await faults.during(endless, () => withoutEnd(session, endless, text, id))
    return
  }
  const late = faults.take('replyLate', name)
  text = mangle(faults, name, text, id, headers?.number)
  if (late?.flag === true) {
    core.clock.setTimeout(() => session.write(text), late.number)
    return
  }
  if (late !== undefined) await core.delay(late.number)
  session.write(text)
}

/** Sends a list, or a message's headers, on and on until the rule is off or its rows were sent. */
async function withoutEnd(session: Session, rule: Rule, reply: string, id: string): Promise<void> {
  const [head, again] = endlessParts(rule, reply, id)
  session.write(head)
  for (let n = 0; n < rule.number && !rule.stopped && !session.socket.destroyed; n++) {
    session.write(again)
    if (n % 64 === 63) {
      await session.output.drained()
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }
  if (rule.verb === 'endlessHeaders') session.write('\r\n')
}
