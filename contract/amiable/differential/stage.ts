import { type AmiEvent, type Client, connect } from 'amiable'
import { optionsFor } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

/** A call that was originated, by the ids of the halves of its Local channel. */
export interface Staged {
  readonly near: string
  readonly far: string
  readonly actionId: string
  /** Its outcome comes as an event. */
  readonly told: boolean
}

/** Where the near half goes when the far one has answered: an extension, or an application with its data. */
export type Destination = string | readonly [application: string, data: string]

const PATIENCE = 60_000
// of other producers than the call's, or of what other sessions do to the same server
const foreign = new Set(['CEL', 'TestEvent', 'Cdr', 'DeviceStateChange', 'QueueMemberStatus'])

/** What is played on a stage. */
export type Scenario = (stage: Stage) => Promise<unknown>

/**
 * One scenario on one server. It hears everything, and tells its own events from those of whoever else uses the
 * server by the ids that it gave its channels, and by what is linked with them.
 */
export class Stage implements AsyncDisposable {
  #ami: Client
  #where: string
  #id: string
  #log: AmiEvent[] = []
  #calls: Staged[] = []
  #own = new Set<string>()
  #looks = new Set<() => void>()

  constructor(ami: Client, where: string, id: string) {
    this.#ami = ami
    this.#where = where
    this.#id = id
    ami.on('*', (event) => this.#take(event), { all: true })
  }

  static async open(target: Target): Promise<Stage> {
    return new Stage(await connect(optionsFor(target)), target.name, `df${Math.random().toString(36).slice(2, 10)}`)
  }

  /** Dials `Local/<extension>@default/n`, and does not wait. */
  async call(
    extension: string,
    to: Destination = ['Wait', '20'],
    extra: Record<string, unknown> = {},
  ): Promise<Staged> {
    return this.dial(`Local/${extension}@default/n`, to, extra)
  }

  async dial(channel: string, to: Destination, extra: Record<string, unknown> = {}): Promise<Staged> {
    // Asterisk 22 takes the beginning of a living Uniqueid for the same: all of one length
    const near = `${this.#id}.${this.#calls.length}a`
    const call = { near, far: `${this.#id}.${this.#calls.length}b`, actionId: near, told: extra.Async !== false }
    this.#calls.push(call)
    this.#own.add(call.near).add(call.far)
    const place =
      typeof to === 'string' ? { Context: 'default', Exten: to, Priority: 1 } : { Application: to[0], Data: to[1] }
    const ids = { ChannelId: call.near, OtherChannelId: call.far }
    const params = { Channel: channel, ...place, ...ids, Async: true, ...extra }
    await this.#ami.sendRaw('Originate', params as never, { actionId: call.actionId, check: false })
    return call
  }

  /** Dials and waits for the answer. */
  async up(extension: string, to?: Destination, extra?: Record<string, unknown>): Promise<Staged> {
    const call = await this.call(extension, to, extra)
    await this.answered(call)
    return call
  }

  answered(call: Staged): Promise<AmiEvent> {
    return this.heard('OriginateResponse', (event) => event.actionId === call.actionId)
  }

  /** Sends an action; what is refused is refused on both servers. */
  async send(action: string, params: Record<string, unknown> = {}): Promise<void> {
    await this.#ami.sendRaw(action, params as never, { check: false })
  }

  /** The name of a channel of ours. */
  async name(uniqueid: string): Promise<string> {
    const event = await this.heard('Newchannel', (one) => one.get('Uniqueid') === uniqueid)
    return event.get('Channel') ?? ''
  }

  async hangup(uniqueid: string, cause?: number): Promise<void> {
    await this.send('Hangup', { Channel: await this.name(uniqueid), Cause: cause })
  }

  /** The first event of ours that fits, heard already or yet to come. */
  heard(name: string, fits: (event: AmiEvent) => boolean = () => true): Promise<AmiEvent> {
    const find = () => this.#log.find((event) => event.Event === name && this.#isOurs(event) && fits(event))
    return this.#until(find, `${name} was not heard`)
  }

  /** Resolves when the dialplan of a channel has come to an application. */
  runs(uniqueid: string, application: string): Promise<AmiEvent> {
    const fits = (one: AmiEvent) => one.get('Uniqueid') === uniqueid && one.get('Application') === application
    return this.heard('Newexten', fits)
  }

  /** All that is ours, when every call has ended and its last word was heard. */
  async ended(): Promise<AmiEvent[]> {
    await this.#until(() => this.#over() || undefined, 'the calls did not end')
    // raised by the session's own thread: other threads may say more behind it, which is why a difference counts only
    // where every run has it
    const fence = `${this.#id}-fence`
    const isFence = (event: AmiEvent) => event.Event === 'UserEvent' && event.get('Fence') === fence
    await this.send('UserEvent', { UserEvent: 'Fence', Fence: fence })
    await this.#until(() => this.#log.find(isFence), 'the fence was not heard')
    return this.#ours()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { near, far } of this.#calls) {
      for (const id of [near, far]) {
        const channel = this.#log.find((event) => event.Event === 'Newchannel' && event.get('Uniqueid') === id)
        if (channel) await this.send('Hangup', { Channel: channel.get('Channel') })
      }
    }
    await this.#ami.close()
  }

  #take(event: AmiEvent): void {
    // made by the first call that anybody parked, and never destroyed
    if (event.Event === 'BridgeCreate' && event.get('BridgeCreator') === 'Parking') return
    this.#log.push(event)
    if (this.#isOurs(event)) for (const { id } of idsOf(event)) this.#own.add(id)
    for (const look of [...this.#looks]) look()
  }

  #isOurs(event: AmiEvent): boolean {
    if (event.actionId?.startsWith(this.#id)) return true
    const ids = [...idsOf(event)]
    // a parking lot's bridge holds others too: a bridge speaks only for events without a channel
    const channels = ids.filter(({ name }) => name !== 'BridgeUniqueid')
    return (channels.length > 0 ? channels : ids).some(({ id }) => this.#own.has(id))
  }

  // a bridge is ours from its first event, and that is known when somebody has entered
  #ours(): AmiEvent[] {
    return this.#log.filter((event) => this.#isOurs(event) && !foreign.has(event.Event))
  }

  #over(): boolean {
    const ours = this.#log.filter((event) => this.#isOurs(event))
    const names = (name: string) => ours.filter(({ Event }) => Event === name)
    const answered = new Set(names('OriginateResponse').map(({ actionId }) => actionId))
    if (!this.#calls.every(({ actionId, told }) => !told || answered.has(actionId))) return false
    if (names('Newchannel').length !== names('Hangup').length) return false
    return names('BridgeCreate').length === names('BridgeDestroy').length
  }

  #until<T>(find: () => T | undefined, failure: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find()
        if (found === undefined) return
        this.#looks.delete(look)
        clearTimeout(late)
        resolve(found)
      }
      const late = setTimeout(() => {
        this.#looks.delete(look)
        reject(
          new Error(
            `${this.#where}: ${failure} within ${PATIENCE} ms; ours: ${this.#ours().map(({ Event }) => Event)}`,
          ),
        )
      }, PATIENCE)
      this.#looks.add(look)
      look()
    })
  }
}

function* idsOf(event: AmiEvent): Generator<{ name: string; id: string }> {
  for (const [name, id] of event.headers) if (/(?:Uniqueid|Linkedid)$/i.test(name) && id !== '') yield { name, id }
}
