import type { Channel } from '../model/channel.ts'
import type { Runner } from '../model/dialing.ts'
import type { World } from '../model/world.ts'

/** What an application asks of the dialplan: the next priority, the end, or where its own target points. */
export type Result = 'next' | 'hangup'

/** A dialplan application. */
export type Application = (call: ApplicationCall) => Result | Promise<Result>

/** What an application is given. */
export interface ApplicationCall {
  readonly world: World
  readonly channel: Channel
  /** Between the parentheses, variables put in. */
  readonly data: string
  readonly runner: Pbx
}

/** Sends a channel on in its dialplan: to what is given of its place (pbx.c:ast_explicit_goto). */
export function explicitGoto(channel: Channel, to: { context?: string; exten?: string; priority: number }): void {
  if (channel.target !== undefined) return
  if (to.context) channel.context = to.context
  if (to.exten) channel.exten = to.exten
  channel.priority = channel.looping ? to.priority - 1 : to.priority
}

/** Runs dialplan on channels (pbx.c:__ast_pbx_run). */
export class Pbx implements Runner {
  readonly applications = new Map<string, Application>()
  #world: World
  #stopped = false
  readonly #ends = new Set<() => void>()

  constructor(world: World) {
    this.#world = world
  }

  /** Leaves what runs where it stands. */
  stop(): void {
    this.#stopped = true
    for (const end of this.#ends) end()
  }

  /** Calls `end` when it stops, until the given function is called. */
  onStop(end: () => void): () => void {
    this.#ends.add(end)
    return () => this.#ends.delete(end)
  }

  add(name: string, application: Application): void {
    this.applications.set(name.toLowerCase(), application)
  }

  pbx(channel: Channel): void {
    channel.owned = true
    void this.#run(channel)
  }

  /** Runs one application, then hangs up; no dialplan, so no Newexten (pbx.c:ast_pbx_run_app). */
  application(channel: Channel, application: string, data: string): void {
    channel.owned = true
    channel.application = application
    channel.data = data
    void this.#runApplication(channel, application, data)
  }

  /** Runs one application; undefined where there is none of that name. */
  async execute(channel: Channel, application: string, data: string): Promise<Result | undefined> {
    if (!this.#world.modules.hasApplication(application)) return undefined
    const app = this.applications.get(application.toLowerCase())
    return app?.({ world: this.#world, channel, data, runner: this })
  }

  /** Runs a subroutine from where the channel stands, until it returns or the dialplan ends (app_stack.c:handle_gosub). */
  async subroutine(channel: Channel): Promise<void> {
    await this.#walk(channel)
  }

  async #runApplication(channel: Channel, application: string, data: string): Promise<void> {
    const { seized } = channel
    await this.execute(channel, application, this.#world.substitute(channel, data))
    if (this.#stopped || channel.gone || channel.seized !== seized) return
    if (channel.target !== undefined) await this.#run(channel)
    else this.#world.channels.hangup(channel)
  }

  async #run(channel: Channel): Promise<void> {
    const world = this.#world
    channel.pbx = true
    const fell = await this.#walk(channel)
    if (fell === undefined || this.#stopped || channel.gone) return
    if (channel.cause === 0 && !channel.hungup && !fell) channel.cause = 16
    if (world.dialplan.step(channel.context, 'h', 1) !== undefined) await this.#last(channel)
    if (!this.#stopped) world.channels.hangup(channel)
  }

  /** Runs the extension `h`: what a context does with a channel that is hung up (pbx.c:ast_pbx_h_exten_run). */
  async #last(channel: Channel): Promise<void> {
    const world = this.#world
    world.channels.requestHangup(channel)
    channel.hungup = true
    channel.target = undefined
    channel.exten = 'h'
    for (channel.priority = 1; !this.#stopped && !channel.gone; channel.priority++) {
      const step = world.dialplan.step(channel.context, 'h', channel.priority)
      if (step === undefined) return
      const data = world.substitute(channel, step.data)
      world.channels.newExten(channel, step.application, data)
      if ((await this.execute(channel, step.application, data)) !== 'next') return
    }
  }

  /** Goes from priority to priority; gives whether it came past the last, and undefined where others have taken it. */
  async #walk(channel: Channel): Promise<boolean | undefined> {
    const world = this.#world
    const { seized, looping } = channel
    channel.looping = true
    try {
      for (;;) {
        if (this.#stopped || channel.gone) return undefined
        if (channel.hungup) return false
        const { target } = channel
        if (target !== undefined) {
          channel.target = undefined
          channel.context = target.context
          channel.exten = target.exten
          channel.priority = target.priority
        }
        const step = world.dialplan.step(channel.context, channel.exten, channel.priority)
        if (step === undefined) {
          await this.#fallThrough(channel)
          return true
        }
        const data = world.substitute(channel, step.data)
        // manager_channels.c:channel_newexten reports a new place, and did so when the transferred left the bridge
        if (target?.transferred && step.application !== channel.application) {
          channel.application = step.application
          channel.data = data
        } else world.channels.newExten(channel, step.application, data)
        const result = await this.execute(channel, step.application, data)
        if (channel.seized !== seized) return undefined
        if (result === undefined || (result === 'hangup' && channel.target === undefined)) return false
        if (channel.hungup) return false
        if (channel.target === undefined) channel.priority++
      }
    } finally {
      channel.looping = looping
    }
  }

  // extensions.conf's `autofallthrough`: past its end an extension ends as its last Dial did
  async #fallThrough(channel: Channel): Promise<void> {
    const status = channel.variables.get('DIALSTATUS')
    if (status === 'BUSY') await this.execute(channel, 'Busy', '10')
    else if (status === 'CONGESTION' || status === 'CHANUNAVAIL') await this.execute(channel, 'Congestion', '10')
  }
}
