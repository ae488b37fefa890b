// A call centre that nobody has to install: a simulated Asterisk with queues, agents, calls, rooms and a parking lot, on
// which something happens all the time. The same seed gives the same people and the same choices.
import { type ChannelInfo, SeededRandom, type SimulatedAsterisk, startServer } from 'amiable/testing'
import { AGENTS, CALLERS, DIALPLAN, PAUSES, QUEUES } from './simulated-people.ts'

/** The server's name on the pages. */
export const SIMULATED = 'simulated'
/** The device of the one who looks at it. */
export const OWN_DEVICE = 'PJSIP/200'
/** The contexts that the wallboard itself dials into. */
export const DIAL_CONTEXT = 'inside'

const STEP = 500
const MOST_CALLS = 40

/** A simulated call centre at work. */
export class SimulatedCentre implements AsyncDisposable {
  readonly server: SimulatedAsterisk
  #random: SeededRandom
  /** When each channel is going to hang up, by its name and its bridge. */
  #ends = new Map<string, number>()
  /** When each paused agent comes back. */
  #pauses = new Map<string, number>()
  #timer: NodeJS.Timeout

  private constructor(server: SimulatedAsterisk, seed: number) {
    this.server = server
    this.#random = new SeededRandom(seed)
    for (let already = 0; already < 14; already++) this.#arrive()
    this.#timer = setInterval(() => this.#step(), STEP)
  }

  /** Opens the centre: it is busy from the first moment. */
  static async open({ seed = 7 }: { seed?: number } = {}): Promise<SimulatedCentre> {
    const queues = Object.entries(QUEUES).map(([name, strategy]) => {
      const members = AGENTS.filter((agent) => agent.queues.includes(name)).map(({ exten, name: called }, at) => ({
        interface: `PJSIP/${exten}`,
        name: called,
        penalty: at % 3 === 2 ? 1 : 0,
      }))
      return [name, { strategy, timeout: 12, members }] as const
    })
    const phones = AGENTS.map(
      ({ exten }, at) => [exten, { answers: 'answer', ringTime: 900 + (at % 5) * 700 }] as const,
    )
    const server = await startServer({
      users: { wallboard: 'simulated' },
      seed,
      queues: Object.fromEntries(queues),
      endpoints: {
        ...Object.fromEntries(phones),
        200: { answers: 'answer', ringTime: 1_500 },
        'trunk-north': { answers: 'answer', ringTime: 2_000, contact: 'sip:north.example.net' },
        'trunk-south': { answers: 'answer', ringTime: 3_000, contact: 'sip:south.example.net' },
      },
      dialplan: DIALPLAN,
    })
    registerTrunks(server)
    return new SimulatedCentre(server, seed)
  }

  /** Lets nothing new happen. */
  rest(): void {
    clearInterval(this.#timer)
  }

  async close(): Promise<void> {
    this.rest()
    await this.server.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #step(): void {
    const now = Date.now()
    const channels = this.server.channels.list()
    this.#hangUp(channels, now)
    if (channels.length < MOST_CALLS * 2) {
      if (this.#random.chance(0.1)) this.#arrive()
      if (this.#random.chance(0.05)) this.#dialOut()
      if (this.#random.chance(0.04)) this.#meet()
      if (this.#random.chance(0.03)) this.#park()
    }
    if (this.#random.chance(0.08)) this.#pause(now)
    for (const [device, until] of this.#pauses) if (until <= now) this.#unpause(device)
  }

  /** Somebody calls from outside. */
  #arrive(): void {
    const [name, number] = this.#random.pick(CALLERS)
    const trunk = this.#random.chance(0.7) ? 'trunk-north' : 'trunk-south'
    this.#call(trunk, 'incoming', this.#random.pick(Object.keys(QUEUES)), number, name)
  }

  /** An agent calls somebody outside. */
  #dialOut(): void {
    const agent = this.#random.pick(AGENTS)
    if (this.#isBusy(agent.exten)) return
    this.#call(agent.exten, 'inside', `9${this.#random.pick(CALLERS)[1].replace(/\D/g, '')}`, agent.exten, agent.name)
  }

  #meet(): void {
    const agent = this.#random.pick(AGENTS)
    if (this.#isBusy(agent.exten)) return
    this.#call(agent.exten, 'inside', this.#random.chance(0.6) ? 'team' : 'daily', agent.exten, agent.name)
  }

  #park(): void {
    const [name, number] = this.#random.pick(CALLERS)
    this.#call('trunk-south', 'incoming', 'parked', number, name)
  }

  #call(endpoint: string, context: string, exten: string, callerIdNum: string, callerIdName: string): void {
    this.server.channels.create({ name: `PJSIP/${endpoint}`, context, exten, callerIdNum, callerIdName, run: true })
  }

  /** Each channel lives as long as its caller has patience, and in a bridge as long as there is something to say. */
  #hangUp(channels: readonly ChannelInfo[], now: number): void {
    const ends = new Map<string, number>()
    for (const { name, bridge } of channels) {
      const key = `${name} ${bridge}`
      const life = bridge === '' ? this.#random.integer(45, 240) : this.#random.integer(15, 150)
      const end = this.#ends.get(key) ?? now + life * 1_000
      if (end > now) ends.set(key, end)
      else if (this.server.channels.get(name)) this.server.channels.hangup(name)
    }
    this.#ends = ends
  }

  #pause(now: number): void {
    if (this.#pauses.size > AGENTS.length / 3) return
    const agent = this.#random.pick(AGENTS)
    const device = `PJSIP/${agent.exten}`
    if (this.#pauses.has(device)) return
    this.#pauses.set(device, now + this.#random.integer(20, 180) * 1_000)
    const reason = this.#random.pick(PAUSES)
    for (const queue of agent.queues) this.server.queues.pause(queue, device, true, reason)
  }

  #unpause(device: string): void {
    this.#pauses.delete(device)
    const agent = AGENTS.find(({ exten }) => `PJSIP/${exten}` === device)
    for (const queue of agent?.queues ?? []) this.server.queues.pause(queue, device, false)
  }

  #isBusy(exten: string): boolean {
    return this.server.channels.list().some(({ name }) => name.startsWith(`PJSIP/${exten}-`))
  }
}

/** The simulator registers with nobody: two trunks are said to be registered. */
function registerTrunks(server: SimulatedAsterisk): void {
  server.handle('PJSIPShowRegistrationsOutbound', (_, reply) => {
    const row = (name: string) =>
      [
        'OutboundRegistrationDetail',
        {
          ObjectType: 'registration',
          ObjectName: `trunk-${name}`,
          ServerUri: `sip:${name}.example.net`,
          ClientUri: `sip:office@${name}.example.net`,
          Status: 'Registered',
        },
      ] as const
    reply.list({ complete: 'OutboundRegistrationDetailComplete', rows: [row('north'), row('south')] })
  })
}
