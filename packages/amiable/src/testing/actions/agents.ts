import type { Agent } from '../model/agents.ts'
import { isTrue } from '../protocol/byte-text.ts'
import type { Handlers } from './context.ts'

// app_agent_pool.c:action_agents
function row({ id, name, channel, callAt, loginAt }: Agent): string {
  const peer = channel?.variables.get('BRIDGEPEER')
  const call = peer ? `AGENT_ONCALL\r\nTalkingToChan: ${peer}\r\nCallStarted: ${callAt}\n` : 'AGENT_IDLE\r\n'
  const status = channel === undefined ? 'AGENT_LOGGEDOFF\r\n' : call
  const where = channel === undefined ? '' : `LoggedInTime: ${loginAt}\r\n${channel.snapshot()}`
  return `Agent: ${id}\r\nName: ${name}\r\nStatus: ${status}${where}`
}

/** The agents of app_agent_pool. */
export const agentActions: Handlers = {
  Agents({ reply, world }) {
    reply.start('Agents will follow')
    for (const agent of world.agents.all.values()) reply.item('Agents', row(agent), 'last')
    reply.complete('AgentsComplete')
  },
  AgentLogoff({ action, reply, world }) {
    const id = action.header('Agent')
    if (id === '') return reply.error('No agent specified')
    const agent = world.agents.all.get(id)
    if (agent === undefined) return reply.error('No such agent')
    const isSoft = isTrue(action.header('Soft'))
    world.agents.leave(agent, isSoft ? undefined : (channel) => world.channels.softHangup(channel))
    reply.success('Agent logged out')
  },
}
