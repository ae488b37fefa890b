import { checkAmount, checkChoice, checkEach, checkWhole } from '../../check.ts'
import { toWire } from '../protocol/byte-text.ts'
import type { Lag } from '../protocol/event-ways.ts'
import type { OutputSettings } from '../protocol/output.ts'
import { checked, checkString, type Fault, type FaultOptions, type FaultVerb, Rule, type RuleOptions } from './rule.ts'

/** What the faults do to the sessions that live; given by the server. */
export interface FaultTarget {
  /** Writes to every session at once. */
  inject(text: string): void
  reset(): void
  halfClose(): void
  /** The settings of output changed. */
  changed(): void
  after(ms: number, callback: () => void): void
  lag(lag: Lag): void
}

const lagChecks = { core: checkAmount, rooms: checkAmount, parking: checkAmount, hints: checkAmount }

/**
 * The faults of a server. Each verb switches something on and gives what switches it off; several can be on at once.
 * Times are milliseconds, sizes bytes.
 */
export class Faults {
  #rules = new Set<Rule>()
  #running = new Set<Rule>()
  #target: FaultTarget
  #byHeader: boolean

  constructor(target: FaultTarget, byHeader: boolean) {
    this.#target = target
    this.#byHeader = byHeader
  }

  /**
   * Replies come `ms` milliseconds late. As in Asterisk that holds back what the session asked after it; with
   * `{ overtake: true }` later replies come first.
   */
  replyLate(ms: number, options: FaultOptions & { overtake?: boolean } = {}): Fault {
    return this.#add('replyLate', { ...checked(options), number: ms, flag: options.overtake ?? false })
  }

  /** The action is executed and its reply never sent; with `{ execute: false }` it is not executed either. */
  drop(options: FaultOptions & { execute?: boolean } = {}): Fault {
    return this.#add('drop', { ...checked(options), flag: options.execute === false })
  }

  /** Every reply is sent twice. */
  twice(options: FaultOptions = {}): Fault {
    return this.#add('twice', options)
  }

  /** Replies carry another ActionID; without `id` none at all. */
  wrongActionId(id?: string, options: FaultOptions = {}): Fault {
    return this.#add('wrongActionId', { ...checked(options), text: id ?? '' })
  }

  /** Lists stop after `rows` rows (default 1): no further row, no completing event. */
  cutList(rows = 1, options: FaultOptions = {}): Fault {
    return this.#add('cutList', { ...checked(options), number: rows })
  }

  /** Lists stop after `rows` rows (default 1) with a completing event that says `EventList: Cancelled`. */
  cancelList(rows = 1, options: FaultOptions = {}): Fault {
    return this.#add('cancelList', { ...checked(options), number: rows })
  }

  /** Lists repeat their rows, or one made up, until the fault is off or `rows` (default no end) were sent. */
  endlessList(rows = Number.POSITIVE_INFINITY, options: FaultOptions = {}): Fault {
    return this.#add('endlessList', { ...checked(options), number: rows })
  }

  /** Replies hold a header of `size` bytes (default 16 MiB). */
  hugeLine(size = 1 << 24, options: FaultOptions = {}): Fault {
    return this.#add('hugeLine', { ...checked(options), number: size })
  }

  /** Replies have `count` headers too many (default no end: the message never ends while the fault is on). */
  endlessHeaders(count = Number.POSITIVE_INFINITY, options: FaultOptions = {}): Fault {
    return this.#add('endlessHeaders', { ...checked(options), number: count })
  }

  /** Bytes that are no AMI: to every session now, or with an `action` in front of its replies. */
  garbage(text = '\x00\x01\x7f\xff garbage: no AMI\r\n\r\n', options: FaultOptions = {}): Fault {
    checkString('text', text)
    const rule = this.#add('garbage', { ...checked(options), text: toWire(text) })
    if (options.action === undefined) {
      rule.off()
      rule.hits++
      this.#target.inject(rule.text)
    }
    return rule
  }

  /**
   * A UserEvent with the ActionID of the call and `EventList: Complete`, as an account with `user` rights can send it: in
   * front of the reply, or behind its first message.
   */
  forgeEnd(options: FaultOptions & { inside?: boolean } = {}): Fault {
    return this.#add('forgeEnd', { ...checked(options), flag: options.inside ?? false })
  }

  /** A `Response: Follows` that nothing ends: to every session now, or with an `action` in front of its replies. */
  deafFollows(options: FaultOptions = {}): Fault {
    const rule = this.#add('deafFollows', {
      ...checked(options),
      text: 'Response: Follows\r\nPrivilege: Command\r\n\r\n',
    })
    if (options.action === undefined) this.#now(rule, () => this.#target.inject(rule.text))
    return rule
  }

  /** No action is answered, Ping neither; every session gets a byte of a line without end each `ms` milliseconds. */
  drip(ms = 50): Fault {
    checkWhole('ms', ms, 1)
    const rule = this.#add('drip', { number: ms })
    const drop = (): void => {
      if (rule.stopped) return
      rule.hits++
      this.#target.inject('x')
      this.#target.after(ms, drop)
    }
    this.#target.after(ms, drop)
    return rule
  }

  /** Actions are refused with a message that repeats every value they held, with control characters between them. */
  echo(options: FaultOptions = {}): Fault {
    return this.#add('echo', options)
  }

  /** Every session now gets `count` events (default 500), each with a name and headers that nobody has seen before. */
  madeUpNames(count = 500): Fault {
    const rule = this.#add('madeUpNames', { number: checkWhole('count', count, 1) })
    this.#now(rule, () => {
      for (let n = 0; n < count; n++) {
        const lines = Array.from({ length: 16 }, (_, at) => `MadeUp-${n}-${at}-${'x'.repeat(64)}: ${n}\r\n`)
        this.#target.inject(`Event: MadeUp${n}\r\nPrivilege: user,all\r\n${lines.join('')}\r\n`)
      }
    })
    return rule
  }

  /** Each row of a list has a header of `size` bytes (default 1 MiB). */
  hugeRows(size = 1 << 20, options: FaultOptions = {}): Fault {
    return this.#add('hugeRows', { ...checked(options), number: size })
  }

  /** List rows lack the blank line between them, as SKINNYdevices sends them. */
  fused(options: FaultOptions = {}): Fault {
    return this.#add('fused', options)
  }

  /** Every second line of a reply ends with a bare LF, as Agents sends one. */
  bareLineFeeds(options: FaultOptions = {}): Fault {
    return this.#add('bareLineFeeds', options)
  }

  /** A reply's `Message` ends with an LF of its own, as the PJSIPShow actions send it. */
  strayLineFeed(options: FaultOptions = {}): Fault {
    return this.#add('strayLineFeed', options)
  }

  /** A reply is followed by one more blank line, as QueueRule's. */
  extraBlankLine(options: FaultOptions = {}): Fault {
    return this.#add('extraBlankLine', options)
  }

  /** RST instead of a reply; without an `action`, to every session now. `{ execute: true }` runs the action first. */
  reset(options: FaultOptions & { execute?: boolean } = {}): Fault {
    const rule = this.#add('reset', { ...checked(options), flag: options.execute ?? false })
    if (options.action === undefined) this.#now(rule, () => this.#target.reset())
    return rule
  }

  /** FIN instead of a reply, while reading goes on; without an `action`, to every session now. */
  halfClose(options: FaultOptions = {}): Fault {
    const rule = this.#add('halfClose', options)
    if (options.action === undefined) this.#now(rule, () => this.#target.halfClose())
    return rule
  }

  /** No session reads or writes, until it is off or `ms` milliseconds went by; then what waited goes on. */
  stall(ms?: number): Fault {
    if (ms !== undefined) checkAmount('ms', ms)
    const rule = this.#add('stall', {})
    rule.hits++
    this.#target.changed()
    if (ms !== undefined) this.#target.after(ms, () => rule.off())
    return rule
  }

  /** Every write is cut into pieces of `size` bytes (default 1), each sent on its own. */
  splitAt(size = 1): Fault {
    return this.#add('splitAt', { number: checkWhole('size', size, 1) })
  }

  /** Lines end with `lf`, or by turns with CRLF and LF (`mixed`, the default). */
  lineEndings(endings: 'lf' | 'mixed' = 'mixed'): Fault {
    return this.#add('lineEndings', { text: checkChoice('endings', endings, ['lf', 'mixed']) })
  }

  /** Logins are refused, whatever they prove. */
  refuseLogin(message = 'Authentication failed', options: Pick<FaultOptions, 'times'> = {}): Fault {
    return this.#add('refuseLogin', { ...checked(options), text: message, action: 'Login' })
  }

  /** The reply to a login comes `ms` milliseconds late. */
  delayLogin(ms: number, options: Pick<FaultOptions, 'times'> = {}): Fault {
    return this.#add('delayLogin', { ...checked(options), number: ms, action: 'Login' })
  }

  /** New connections are accepted and nothing is ever said to them. */
  silent(options: Pick<FaultOptions, 'times'> = {}): Fault {
    return this.#add('silent', options)
  }

  /** New connections get no banner, and everything else. */
  noBanner(options: Pick<FaultOptions, 'times'> = {}): Fault {
    return this.#add('noBanner', options)
  }

  /** New connections get this instead of the banner; its line end included. */
  banner(text: string, options: Pick<FaultOptions, 'times'> = {}): Fault {
    checkString('text', text)
    return this.#add('banner', { ...checked(options), text: toWire(text) })
  }

  /** New connections are closed with no byte sent, as past Asterisk's `authlimit`. */
  refuseConnection(options: Pick<FaultOptions, 'times'> = {}): Fault {
    return this.#add('refuseConnection', options)
  }

  /**
   * Events come up to so many milliseconds after what they tell, each kind by a way of its own, while lists read what is
   * so now: rows run ahead of events, as in Asterisk. CoreShowChannels of 22 shows a channel that changes twice, the newer
   * row behind; BridgeId, parties of rooms and parked calls are listed for a moment after their end was told.
   */
  lag(options: Partial<Lag> = {}): Fault {
    const { core = 5, rooms = 5, parking = 5, hints = 5 } = checkEach<Lag>('', options, lagChecks)
    this.#target.lag({ core, rooms, parking, hints })
    const rule = this.#add('lag', {})
    rule.hits++
    return rule
  }

  /** Bytes past 1,024 of the last TLS record stay unread until more arrive, as in Asterisk 15 to 23. */
  tlsReadStall(): Fault {
    return this.#add('tlsReadStall', {})
  }

  /** Switches all off. */
  clear(): void {
    for (const rule of [...this.#rules, ...this.#running]) rule.off()
  }

  /** The verbs that are on. */
  get active(): FaultVerb[] {
    return [...this.#rules].map((rule) => rule.verb)
  }

  /** The oldest rule of a verb that an action meets, counted as a hit. */
  take(verb: FaultVerb, action?: string): Rule | undefined {
    for (const rule of this.#rules) {
      if (rule.verb !== verb || (action !== undefined && !rule.matches(action))) continue
      rule.strike()
      return rule
    }
    return undefined
  }

  /** Does something of a rule that takes time; `clear` stops it also where the rule has been used up by it. */
  async during(rule: Rule, work: () => Promise<void>): Promise<void> {
    this.#running.add(rule)
    await work()
    this.#running.delete(rule)
  }

  /** Whether any rule of a verb is on. */
  is(verb: FaultVerb): boolean {
    for (const rule of this.#rules) if (rule.verb === verb) return true
    return false
  }

  /** Whether anything is on at all: asked for each action. */
  get none(): boolean {
    return this.#rules.size === 0 || this.active.every((verb) => verb === 'lag')
  }

  /** How bytes leave at this moment. */
  get output(): OutputSettings {
    let splitAt: number | undefined
    let endings: OutputSettings['endings'] = 'crlf'
    let stalled = false
    for (const rule of this.#rules) {
      if (rule.verb === 'splitAt') splitAt = rule.number
      else if (rule.verb === 'lineEndings') endings = rule.text as 'lf' | 'mixed'
      else if (rule.verb === 'stall') stalled = true
    }
    return { byHeader: this.#byHeader, splitAt, endings, stalled }
  }

  #add(verb: FaultVerb, options: RuleOptions): Rule {
    const rule = new Rule(verb, options, (ended) => {
      if (!this.#rules.delete(ended)) return
      if (verb === 'stall' || verb === 'splitAt') this.#target.changed()
      if (verb === 'lag' && !this.is('lag')) this.#target.lag({ core: 0, rooms: 0, parking: 0, hints: 0 })
    })
    this.#rules.add(rule)
    return rule
  }

  #now(rule: Rule, strike: () => void): void {
    rule.off()
    rule.hits++
    strike()
  }
}
