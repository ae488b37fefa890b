import type { Channel } from '../model/channel.ts'
import type { World } from '../model/world.ts'
import { talkIn } from './dial.ts'
import type { Application, Pbx } from './pbx.ts'

// app_agent_pool.c:agent_login_exec, and agent_run behind it
const agentLogin: Application = async ({ world, channel, data }) => {
  const [id = '', options = ''] = data.split(',')
  // whoever comes first makes the bridge, and before anything else
  const { agents } = world
  void agents.holding
  if (!channel.up) world.channels.answer(channel)
  if (id === '') return 'hangup'
  const agent = agents.all.get(id)
  if (agent?.channel !== undefined || agent === undefined) {
    world.setVariable(channel, 'AGENT_STATUS', agent === undefined ? 'INVALID' : 'ALREADY_LOGGED_IN')
    return 'next'
  }
  const { seized } = channel
  agents.take(agent, channel)
  if (!options.includes('s')) await channel.wait(world.sounds.length('agent-loginok') ?? 0)
  agents.loggedIn(agent, channel)
  while (!channel.interrupted && !channel.gone && !agent.leaves && channel.seized === seized) {
    agents.hold(agent, channel)
    await agents.waits(agent, channel)
  }
  agents.loggedOff(agent, channel)
  return channel.target === undefined ? 'hangup' : 'next'
}

// app_agent_pool.c:agent_request_exec
const agentRequest: Application = async ({ world, channel, data }) => {
  const [id = ''] = data.split(',')
  const { agents, bridges } = world
  void agents.holding
  if (id === '') return 'hangup'
  const status = (value: string): void => world.setVariable(channel, 'AGENT_STATUS', value)
  const agent = agents.all.get(id)
  if (agent === undefined) {
    status('INVALID')
    return 'next'
  }
  const bridge = bridges.create({ type: 'basic', technology: 'simple_bridge' })
  const called = agent.channel
  if (called === undefined || agent.state !== 'ready') {
    bridges.destroy(bridge)
    status(agent.state === 'loggedOff' ? 'NOT_LOGGED_IN' : 'BUSY')
    return 'next'
  }
  agents.call(agent)
  bridges.enter(bridge, channel)
  status('NOT_CONNECTED')
  await alerted(world, called, channel)
  const isThere = !called.interrupted && !called.gone && called.bridge === agents.holding
  if (!isThere || channel.interrupted || channel.bridge !== bridge) {
    if (channel.bridge === bridge) bridges.leave(channel)
    bridges.destroy(bridge)
    // it is taken out of the bridge of those that wait, and comes back (agent_connect_caller, "Reset agent")
    if (isThere) bridges.leave(called)
  } else {
    agents.connect(agent, called, bridge)
    world.channels.answer(channel)
    status('')
    await talkIn(world, bridge, channel, called)
  }
  agents.over(agent)
  if (channel.target !== undefined) return 'next'
  return channel.interrupted || channel.variables.get('AGENT_STATUS') === '' ? 'hangup' : 'next'
}

/** Waits until the agent has heard the beep, or one of the two is no longer there. */
async function alerted(world: World, agent: Channel, caller: Channel): Promise<void> {
  let off = (): void => {}
  const gone = new Promise<void>((resolve) => {
    off = caller.onInterrupt(resolve)
  })
  await Promise.race([agent.wait(world.sounds.length('beep') ?? 0), gone])
  off()
}

/** Adds AgentLogin and AgentRequest. */
export function addAgents(pbx: Pbx): void {
  pbx.add('AgentLogin', agentLogin)
  pbx.add('AgentRequest', agentRequest)
}
