import { toWire } from '../protocol/byte-text.ts'
import type { Bridge } from './bridge.ts'
import type { Bridges } from './bridges.ts'
import type { Channel } from './channel.ts'
import type { Core } from './core.ts'
import type { DeviceStates } from './devices.ts'

/** One agent of app_agent_pool. */
export interface Agent {
  readonly id: string
  readonly name: string
  state: 'loggedOff' | 'probation' | 'ready' | 'onCall'
  channel: Channel | undefined
  loginAt: number
  callAt: number
  /** Whether a call of it is under way: until that is over, whoever made the call has the agent's channel. */
  isServing: boolean
  /** Whether it is logged off when its call is over, or at once where it has none. */
  leaves: boolean
  /** Looks whether its wait is over. */
  look: (() => void) | undefined
}

// of what Answer takes: 500 ms there, 5,000 of LOGIN_WAIT_TIMEOUT_TIME and 1,000 from one heartbeat to the next here
const PROBATION = 10
const HEARTBEAT = 2

/** The agents (app_agent_pool.c). */
export class Agents {
  readonly all = new Map<string, Agent>()
  #core: Core
  #devices: DeviceStates
  #bridges: Bridges
  #holding: Bridge<Channel> | undefined

  constructor(core: Core, devices: DeviceStates, bridges: Bridges) {
    this.#core = core
    this.#devices = devices
    this.#bridges = bridges
  }

  define(id: string, name: string): void {
    const agent: Agent = {
      id: toWire(id),
      name: toWire(name),
      state: 'loggedOff',
      channel: undefined,
      loginAt: 0,
      callAt: 0,
      isServing: false,
      leaves: false,
      look: undefined,
    }
    this.all.set(agent.id, agent)
    this.#devices.preset(deviceOf(agent), 'UNAVAILABLE')
  }

  /** The bridge in which agents wait; the first who needs it makes it (bridge_agent_hold_deferred_create). */
  get holding(): Bridge<Channel> {
    const init = { type: 'agent_hold', technology: 'holding_bridge', creator: 'AgentPool' }
    this.#holding ??= this.#bridges.create(init)
    return this.#holding
  }

  /** Takes a channel as an agent's, before it is reported (agent_login_exec). */
  take(agent: Agent, channel: Channel): void {
    agent.channel = channel
    agent.loginAt = this.#core.seconds()
    agent.leaves = false
  }

  /** Reports that an agent has logged in (send_agent_login). */
  loggedIn(agent: Agent, channel: Channel): void {
    this.#core.emit('AgentLogin', `${channel.snapshot()}Agent: ${agent.id}\r\n`)
  }

  /** Puts an agent into the bridge of those that wait (bridge_agent_hold_push). */
  hold(agent: Agent, channel: Channel): void {
    this.#bridges.enter(this.holding, channel)
    if (agent.state !== 'loggedOff') {
      this.#ready(agent)
      return
    }
    agent.state = 'probation'
    this.#core.clock.setTimeout(() => {
      if (agent.channel === channel && agent.state === 'probation') this.#ready(agent)
    }, PROBATION * this.#core.answerDelay)
  }

  /** Resolves when an agent no longer waits: it is hung up, sent elsewhere or logged off, or a call of its own is over. */
  waits(agent: Agent, channel: Channel): Promise<void> {
    const { seized } = channel
    return new Promise((resolve) => {
      agent.look = () => {
        if (agent.isServing) return
        const isHeld = channel.bridge === this.holding && channel.seized === seized
        if (isHeld && !agent.leaves && !channel.interrupted) return
        off()
        agent.look = undefined
        resolve()
      }
      const off = channel.onInterrupt(() => agent.look?.())
      agent.look()
    })
  }

  /** Gives an agent a call (agent_request_exec). */
  call(agent: Agent): void {
    agent.state = 'onCall'
    agent.isServing = true
    this.#devices.raise(deviceOf(agent), 'INUSE')
  }

  /** Brings an agent to its caller (agent_connect_caller). */
  connect(agent: Agent, channel: Channel, bridge: Bridge<Channel>): void {
    agent.callAt = this.#core.seconds()
    this.#bridges.enter(bridge, channel)
  }

  /** Notes that the call of an agent is over. */
  over(agent: Agent): void {
    agent.isServing = false
    agent.look?.()
  }

  /** Logs an agent off: at once, or softly with its next heartbeat in which it has no call (agent_logoff_request). */
  leave(agent: Agent, hangup: ((channel: Channel) => void) | undefined): void {
    const { channel } = agent
    if (channel === undefined) return
    if (hangup !== undefined) {
      hangup(channel)
      return
    }
    this.#core.clock.setTimeout(() => {
      if (agent.channel !== channel) return
      agent.leaves = true
      agent.look?.()
    }, HEARTBEAT * this.#core.answerDelay)
  }

  /** Reports that an agent has left (agent_logout). */
  loggedOff(agent: Agent, channel: Channel): void {
    if (channel.bridge === this.#holding) this.#bridges.leave(channel)
    agent.channel = undefined
    agent.state = 'loggedOff'
    this.#devices.raise(deviceOf(agent), 'UNAVAILABLE')
    const seconds = this.#core.seconds() - agent.loginAt
    this.#core.emit('AgentLogoff', `${channel.snapshot()}Agent: ${agent.id}\r\nLogintime: ${seconds}\r\n`)
  }

  #ready(agent: Agent): void {
    agent.state = 'ready'
    this.#devices.raise(deviceOf(agent), 'NOT_INUSE')
  }
}

function deviceOf({ id }: Agent): string {
  return `Agent:${id}`
}
