import type { Agent } from '../records.ts'
import { renewed } from '../same.ts'
import { count, perhaps, type Told, text } from '../told.ts'
import { type Fold, type Pen, Rows } from './fold.ts'

/**
 * The fold of agents. No event says that an agent talks: its channel leaves the bridge of waiting agents and enters
 * another one (apps/app_agent_pool.c:agent_run). Its list reads that from a variable of the channel, BRIDGEPEER.
 */
export const agents: Fold = {
  event(pen, told) {
    if (told.Event === 'BridgeEnter') {
      if (pen.tables.agent.records.size === 0) return
      const state = told.get('BridgeType') === 'agent_hold' ? 'idle' : 'onCall'
      for (const [key, agent] of pen.tables.agent.group(told.get('Uniqueid') ?? '')) {
        if (agent.state !== 'loggedOff') pen.put('agent', key, renewed(agent, { ...agent, state }))
      }
      return
    }
    const id = text(told, 'Agent')
    const before = pen.get('agent', id)
    const isLogin = told.Event === 'AgentLogin'
    const channel = isLogin ? perhaps(told, 'Uniqueid', before?.channel) : undefined
    const isKnown = before?.channel === channel
    pen.put(
      'agent',
      id,
      renewed(before, {
        id,
        name: before?.name,
        state: isLogin ? (isKnown ? (before?.state ?? 'idle') : 'idle') : 'loggedOff',
        channel,
        loggedInAt: isLogin ? ((isKnown ? before?.loggedInAt : undefined) ?? new Date(pen.now)) : undefined,
      }),
    )
  },
  list(pen, gap) {
    const records = new Rows(pen, 'agent')
    return {
      row(told) {
        const id = text(told, 'Agent')
        const before = pen.get('agent', id)
        const agent = agentFrom(pen, told, id, before)
        // the variable follows the event, and nothing follows the variable
        const isOther = !gap && before?.channel === agent.channel && before?.state !== agent.state
        if (isOther) pen.again('agents')
        records.add(id, agent)
      },
      done: (slice) => records.replace(slice),
    }
  },
}

const STATES: Readonly<Record<string, Agent['state']>> = { AGENT_IDLE: 'idle', AGENT_ONCALL: 'onCall' }

function agentFrom(pen: Pen, told: Told, id: string, before: Agent | undefined): Agent {
  const said = told.get('Status') ?? ''
  const state = Object.hasOwn(STATES, said) ? (STATES[said] as Agent['state']) : 'loggedOff'
  const channel = state === 'loggedOff' ? undefined : perhaps(told, 'Uniqueid', before?.channel)
  const second = count(told, 'LoggedInTime')
  const earlier = before?.channel === channel ? before?.loggedInAt : undefined
  return renewed(before, {
    id,
    name: perhaps(told, 'Name', before?.name),
    state,
    channel,
    loggedInAt: channel === undefined ? undefined : (earlier ?? (second > 0 ? pen.ours(second) : undefined)),
  })
}
