import type { Clock } from '../util/clock.ts'
import { kindOf, type Message, titleOf } from '../wire/message.ts'
import { BootCheck, type Booted, bootMayTake, LAST_STEPS, type ServerKnowledge } from './boot-check.ts'

/** What a {@link Boot} is made from. */
export interface BootOptions {
  readonly clock: Clock
  readonly username: string
  /** The event mask, as Asterisk reads it. */
  readonly events: string
  /** How long a server that still boots is waited for, in milliseconds. */
  readonly bootTimeout: number
  /** How long an answer may take that a server gives at once, in milliseconds. */
  readonly loginTimeout: number
}

/** What a {@link Boot} asks of its link, and reports of each login, once. */
export interface BootSink {
  /** Writes a question of its own under the last login. */
  ask(text: string): void
  /** Reports that the boot is known: the calls may go. */
  decided(): void
  /** Reports why this session is of no use: another login may be. */
  useless(why: string): void
}

// what most servers are known by, and need not each have for itself
const HEARS_BOOT: ServerKnowledge = { commands: undefined, hearsBoot: true }

/** What a link knows of its server's boot, from login to login. */
export class Boot {
  /** Whether the server has booted, as far as the last login knows. */
  booted: Booted = 'unknown'
  #options: BootOptions
  #sink: BootSink
  /** What begins the check, unless `FullyBooted` stands behind the answer to the login. */
  #begins: NodeJS.Immediate | undefined
  #check: BootCheck | undefined
  #knowledge: ServerKnowledge | undefined
  #stuck = false
  /** Whether the server said `FullyBooted` under this login. */
  #said = false
  /** Whether `FullyBooted` did not come with the answer to the last login. */
  #begun = false
  #decidedAt = 0
  /** For how long after that a server that was taken for booted may not have. */
  #mayTake = 0
  /** When it said that it had booted, where that did not come with the login's answer. */
  #bootedAt = Number.NEGATIVE_INFINITY

  constructor(options: BootOptions, sink: BootSink) {
    this.#options = options
    this.#sink = sink
  }

  /** Whether an answer may come that is its own. */
  get checking(): boolean {
    return this.#check !== undefined || this.#begins !== undefined
  }

  /** Whether the server still boots; `'maybe'`: this account cannot know, and a boot may take as long. */
  get boots(): boolean | 'maybe' {
    if (this.booted === true) return this.#since < this.#mayTake ? 'maybe' : false
    if (this.booted === false && this.#known?.hearsBoot) return true
    return this.#since < bootMayTake(this.#options.bootTimeout) ? 'maybe' : false
  }

  /**
   * Whether commands of the CLI may be missing: main/asterisk.c:asterisk_daemon registers the last of them behind
   * `FullyBooted`.
   */
  get lacksCommands(): boolean {
    return this.#options.clock.elapsed() - this.#bootedAt < LAST_STEPS
  }

  /** Whether the account hears `system` events, as far as is known. */
  get hearsSystem(): boolean {
    return this.#known?.hearsBoot === true
  }

  /** Whether `ListCommands` had an action, under this login or the last one that asked. */
  lists(action: string): boolean {
    return this.#known?.commands?.has(action.toLowerCase()) === true
  }

  /**
   * Begins with a login: finds out whether the server has booted.
   * @param said the server has said so, in front of its answer to the login
   */
  loggedIn(said: boolean): void {
    // what was waited for in vain under the last login may never come: a right or a filter of the account was changed
    const inVain = this.booted === false && !this.#said && !this.#stuck
    if (this.#knowledge && inVain) this.#knowledge = { ...this.#knowledge, hearsBoot: false }
    this.booted = 'unknown'
    this.#said = false
    // `FullyBooted` is on its way where the server has booted: most often it can be read by then, and nothing is asked
    if (said) this.#saidAtOnce()
    else this.#begins = setImmediate(() => this.#begin())
  }

  #begin(): void {
    this.#begins = undefined
    const { events, clock, username, bootTimeout, loginTimeout } = this.#options
    const asksForSystem = events === 'on' || /(?:^|,)(?:system|all)(?:,|$)/.test(events)
    const write = (text: string) => this.#sink.ask(text)
    const decided = (booted: Booted) => this.#decided(check, booted)
    const silent = () => this.#sink.useless(`the server took the login, and answered nothing for ${loginTimeout} ms`)
    const host = { clock, username, bootTimeout, loginTimeout, asksForSystem, write, decided, silent }
    const check = new BootCheck(host, this.#knowledge)
    this.#check = check
    check.begin(this.#stuck)
  }

  #saidAtOnce(): void {
    clearImmediate(this.#begins)
    this.#begins = undefined
    this.#hears()
    this.#stuck = false
    this.booted = true
    this.#begun = false
    this.#mayTake = 0
    this.#sink.decided()
  }

  #hears(): void {
    if (this.#knowledge?.hearsBoot) return
    const commands = this.#knowledge?.commands
    this.#knowledge = commands === undefined ? HEARS_BOOT : { commands, hearsBoot: true }
  }

  /** Takes the server's `FullyBooted`; returns whether it is the first time under this login. */
  fullyBooted(): boolean {
    const first = !this.#said
    this.#said = true
    this.booted = true
    this.#mayTake = 0
    if (this.#knowledge) this.#hears()
    if (first && this.#begun) this.#bootedAt = this.#options.clock.elapsed()
    return first
  }

  /** Looks at a message; true for an answer of its own, which is nobody else's. */
  take(message: Message): boolean {
    if (this.#begins !== undefined) {
      if (kindOf(message) === 'event' && titleOf(message) === 'FullyBooted') this.#saidAtOnce()
      return false
    }
    const own = this.#check?.take(message) === true
    if (this.#check?.over) this.end()
    return own
  }

  /** Whether `Response: Follows` with this ActionID is raw output that answers a question of its own. */
  expectsRaw(actionId: string | undefined): boolean {
    return this.#check?.expectsRaw(actionId) === true
  }

  /** Ends it: the connection was lost, or nothing is left to find out. */
  end(): void {
    clearImmediate(this.#begins)
    this.#begins = undefined
    if (this.#check === undefined) return
    this.#check.stop()
    this.#knowledge = this.#check.knowledge
    this.#check = undefined
  }

  get #known(): ServerKnowledge | undefined {
    return this.#check?.knowledge ?? this.#knowledge
  }

  get #since(): number {
    return this.#options.clock.elapsed() - this.#decidedAt
  }

  #decided(check: BootCheck, booted: Booted): void {
    this.#stuck = booted === false && check.blocks
    if (this.#stuck) {
      this.#sink.useless('the server still boots, and says nothing before it has')
      return
    }
    this.booted = booted
    this.#begun = check.begun
    this.#mayTake = check.mayTake
    this.#decidedAt = this.#options.clock.elapsed()
    this.#sink.decided()
  }
}
