import { checkBoolean, checkChoice, checkDelay, checkEach, checkString, checkWhole } from '../../check.ts'
import { LONGEST_TIMER } from '../../util/clock.ts'
import { toWire } from '../protocol/byte-text.ts'
import type { Lag } from '../protocol/event-ways.ts'
import type { OutputSettings } from '../protocol/output.ts'
import {
  checkCount,
  checkFault,
  checkTimes,
  type Fault,
  type FaultOptions,
  type FaultVerb,
  Rule,
  type RuleParts,
} from './rule.ts'

/** What the faults do to the sessions that live; given by the server. */
export interface FaultTarget {
  /** Writes to every session at once. */
  inject(text: string): void
  reset(): void
  halfClose(): void
  /** Reports that the settings of output changed. */
  changed(): void
  after(ms: number, callback: () => void): void
  lag(lag: Lag): void
}

const lagChecks = { core: checkDelay, rooms: checkDelay, parking: checkDelay, hints: checkDelay }

/**
 * Switches the faults of a server on and off. Each method switches a fault on and returns what switches it off. Several
 * can be on at once. Times are milliseconds, sizes bytes.
 */
export class Faults {
  #rules = new Set<Rule>()
  #running = new Set<Rule>()
  #over = false
  #target: FaultTarget
  #byHeader: boolean

  constructor(target: FaultTarget, byHeader: boolean) {
    this.#target = target
    this.#byHeader = byHeader
  }

  /**
   * Sends replies `ms` milliseconds late. As in Asterisk, later replies of the session wait too. With `{ overtake: true
   * }` they come first.
   */
  replyLate(ms: number, options: FaultOptions & { overtake?: boolean } = {}): Fault {
    checkDelay('ms', ms)
    const { overtake: flag } = checkFault(options, { overtake: checkBoolean })
    return this.#add('replyLate', options, { number: ms, flag })
  }

  /** Executes the action and never sends its reply. With `{ execute: false }` it does not execute it either. */
  drop(options: FaultOptions & { execute?: boolean } = {}): Fault {
    const { execute } = checkFault(options, { execute: checkBoolean })
    return this.#add('drop', options, { flag: execute === false })
  }

  /** Sends every reply twice. */
  twice(options: FaultOptions = {}): Fault {
    return this.#add('twice', checkFault(options))
  }

  /** Sends replies with another ActionID, or without one if there is no `id`. */
  wrongActionId(id?: string, options: FaultOptions = {}): Fault {
    if (id !== undefined) checkString('id', id)
    return this.#add('wrongActionId', checkFault(options), { text: id })
  }

  /** Stops lists after `rows` rows (default 1): no further row, no completing event. */
  cutList(rows = 1, options: FaultOptions = {}): Fault {
    return this.#add('cutList', checkFault(options), { number: checkWhole('rows', rows, 0) })
  }

  /** Stops lists after `rows` rows (default 1), with a completing event that says `EventList: Cancelled`. */
  cancelList(rows = 1, options: FaultOptions = {}): Fault {
    return this.#add('cancelList', checkFault(options), { number: checkWhole('rows', rows, 0) })
  }

  /** Repeats the rows of lists, or a row of its own, until the fault is off or `rows` (default no end) were sent. */
  endlessList(rows = Number.POSITIVE_INFINITY, options: FaultOptions = {}): Fault {
    return this.#add('endlessList', checkFault(options), { number: checkCount('rows', rows) })
  }

  /** Adds a header of `size` bytes (default 16 MiB) to replies. */
  hugeLine(size = 1 << 24, options: FaultOptions = {}): Fault {
    return this.#add('hugeLine', checkFault(options), { number: checkWhole('size', size, 0) })
  }

  /** Adds `count` headers to replies. By default the message never ends while the fault is on. */
  endlessHeaders(count = Number.POSITIVE_INFINITY, options: FaultOptions = {}): Fault {
    return this.#add('endlessHeaders', checkFault(options), { number: checkCount('count', count) })
  }

  /** Sends bytes that are no AMI: to every session now, or with an `action` before its replies. */
  garbage(text = '\x00\x01\x7f\xff garbage: no AMI\r\n\r\n', options: FaultOptions = {}): Fault {
    checkString('text', text)
    return this.#beside('garbage', toWire(text), options)
  }

  /**
   * Sends a UserEvent with the ActionID of the call and `EventList: Complete`, as an account with `user` rights can:
   * before the reply, or after its first message.
   */
  forgeEnd(options: FaultOptions & { inside?: boolean } = {}): Fault {
    const { inside: flag } = checkFault(options, { inside: checkBoolean })
    return this.#add('forgeEnd', options, { flag })
  }

  /**
   * Sends a Response without an ActionID, as whoever can put line breaks into a value: to every session now, or with an
   * `action` before its replies.
   */
  forgeAnswer(response = 'Success', options: FaultOptions = {}): Fault {
    checkString('response', response)
    return this.#beside('forgeAnswer', `Response: ${toWire(response)}\r\nMessage: Forged\r\n\r\n`, options)
  }

  /** Sends a `Response: Follows` that nothing ends: to every session now, or with an `action` before its replies. */
  deafFollows(options: FaultOptions = {}): Fault {
    return this.#beside('deafFollows', 'Response: Follows\r\nPrivilege: Command\r\n\r\n', options)
  }

  /**
   * Tears the first row of a list in two, as a value with line breaks does. `behind` are the lines that stand behind the
   * line breaks, each with its end. By default they are the end of the list.
   */
  tornRow(behind = '', options: FaultOptions = {}): Fault {
    checkString('behind', behind)
    return this.#add('tornRow', checkFault(options), { text: toWire(behind) })
  }

  /** Answers no action, not even Ping. Sends every session a byte of an endless line each `ms` milliseconds. */
  drip(ms = 50): Fault {
    return this.#again('drip', ms, 'x')
  }

  /** Answers no action, not even Ping. Sends every session a hundred events each `ms` milliseconds. */
  flood(ms = 5): Fault {
    return this.#again('flood', ms, 'Event: Flood\r\nPrivilege: system,all\r\n\r\n'.repeat(100))
  }

  /** Refuses actions with a message that repeats all their values, with control characters between them. */
  echo(options: FaultOptions = {}): Fault {
    return this.#add('echo', checkFault(options))
  }

  /** Sends every session `count` events now (default 500), each with a name and headers that nobody has seen before. */
  madeUpNames(count = 500): Fault {
    const rule = this.#add('madeUpNames', {}, { number: checkWhole('count', count, 1) })
    this.#now(rule, () => {
      for (let n = 0; n < count; n++) {
        const lines = Array.from({ length: 16 }, (_, at) => `MadeUp-${n}-${at}-${'x'.repeat(64)}: ${n}\r\n`)
        this.#target.inject(`Event: MadeUp${n}\r\nPrivilege: user,all\r\n${lines.join('')}\r\n`)
      }
    })
    return rule
  }

  /** Adds a header of `size` bytes (default 1 MiB) to each row of a list. */
  hugeRows(size = 1 << 20, options: FaultOptions = {}): Fault {
    return this.#add('hugeRows', checkFault(options), { number: checkWhole('size', size, 0) })
  }

  /** Leaves out the blank line between rows of lists, as SKINNYdevices does. */
  fused(options: FaultOptions = {}): Fault {
    return this.#add('fused', checkFault(options))
  }

  /** Ends every second line of a reply with a bare LF, as Agents does once. */
  bareLineFeeds(options: FaultOptions = {}): Fault {
    return this.#add('bareLineFeeds', checkFault(options))
  }

  /** Adds an LF to the `Message` of a reply, as the PJSIPShow actions do. */
  strayLineFeed(options: FaultOptions = {}): Fault {
    return this.#add('strayLineFeed', checkFault(options))
  }

  /** Adds one more blank line after a reply, as QueueRule does. */
  extraBlankLine(options: FaultOptions = {}): Fault {
    return this.#add('extraBlankLine', checkFault(options))
  }

  /**
   * Sends RST in place of a reply. Without an `action` it resets every session now. `{ execute: true }` runs the action
   * first.
   */
  reset(options: FaultOptions & { execute?: boolean } = {}): Fault {
    const { execute: flag } = checkFault(options, { execute: checkBoolean })
    const rule = this.#add('reset', options, { flag })
    if (options.action === undefined) this.#now(rule, () => this.#target.reset())
    return rule
  }

  /** Sends FIN in place of a reply and goes on reading. Without an `action` it does so for every session now. */
  halfClose(options: FaultOptions = {}): Fault {
    const rule = this.#add('halfClose', checkFault(options))
    if (options.action === undefined) this.#now(rule, () => this.#target.halfClose())
    return rule
  }

  /**
   * Stops reading and writing in every session, until the fault is off or for `ms` milliseconds. Then what waited goes
   * on.
   */
  stall(ms?: number): Fault {
    if (ms !== undefined) checkDelay('ms', ms)
    const rule = this.#add('stall', {})
    rule.hits++
    this.#target.changed()
    if (ms !== undefined) this.#target.after(ms, () => rule.off())
    return rule
  }

  /** Cuts every write into pieces of `size` bytes (default 1), each sent alone. */
  splitAt(size = 1): Fault {
    return this.#add('splitAt', {}, { number: checkWhole('size', size, 1) })
  }

  /** Ends lines with LF (`lf`), or by turns with CRLF and LF (`mixed`, the default). */
  lineEndings(endings: 'lf' | 'mixed' = 'mixed'): Fault {
    return this.#add('lineEndings', {}, { text: checkChoice('endings', endings, ['lf', 'mixed']) })
  }

  /** Refuses logins, also those with the right secret. */
  refuseLogin(message = 'Authentication failed', options: Pick<FaultOptions, 'times'> = {}): Fault {
    checkString('message', message)
    return this.#add('refuseLogin', { ...checkTimes(options), action: 'Login' }, { text: message })
  }

  /** Sends the reply to a login `ms` milliseconds late. */
  delayLogin(ms: number, options: Pick<FaultOptions, 'times'> = {}): Fault {
    checkDelay('ms', ms)
    return this.#add('delayLogin', { ...checkTimes(options), action: 'Login' }, { number: ms })
  }

  /** Accepts new connections and never sends them a byte. */
  silent(options: Pick<FaultOptions, 'times'> = {}): Fault {
    return this.#add('silent', checkTimes(options))
  }

  /** Sends new connections no banner, but everything else. */
  noBanner(options: Pick<FaultOptions, 'times'> = {}): Fault {
    return this.#add('noBanner', checkTimes(options))
  }

  /** Sends new connections this text in place of the banner. Give its line end too. */
  banner(text: string, options: Pick<FaultOptions, 'times'> = {}): Fault {
    checkString('text', text)
    return this.#add('banner', checkTimes(options), { text: toWire(text) })
  }

  /** Closes new connections without sending a byte, as Asterisk does over its `authlimit`. */
  refuseConnection(options: Pick<FaultOptions, 'times'> = {}): Fault {
    return this.#add('refuseConnection', checkTimes(options))
  }

  /**
   * Sends events up to so many milliseconds late, each kind by its own way, while lists show the state of now. So rows
   * run ahead of events, as in Asterisk.
   * CoreShowChannels of 22 shows a channel that changes twice, with the newer row behind. BridgeId, parties of rooms
   * and parked calls stay listed for a moment after their end was reported.
   */
  lag(options: Partial<Lag> = {}): Fault {
    const { core = 5, rooms = 5, parking = 5, hints = 5 } = checkEach<Lag>('', options, lagChecks)
    this.#target.lag({ core, rooms, parking, hints })
    const rule = this.#add('lag', {})
    rule.hits++
    return rule
  }

  /** Leaves bytes beyond 1,024 of the last TLS record unread until more arrive, as Asterisk 15 to 23 do. */
  tlsReadStall(): Fault {
    return this.#add('tlsReadStall', {})
  }

  /** Switches all faults off. */
  clear(): void {
    for (const rule of [...this.#rules, ...this.#running]) rule.off()
  }

  /** Switches all off for good: the server has ended. */
  end(): void {
    this.clear()
    this.#over = true
  }

  /** Whether the server has ended. */
  get over(): boolean {
    return this.#over
  }

  /** The names of the faults that are on. */
  get active(): FaultVerb[] {
    return [...this.#rules].map((rule) => rule.verb)
  }

  /** Returns the oldest rule of a verb that an action meets, counted as a hit. */
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

  #add(verb: FaultVerb, options: FaultOptions, parts: RuleParts = {}): Rule {
    const rule = new Rule(verb, options, parts, (ended) => {
      if (!this.#rules.delete(ended)) return
      if (verb === 'stall' || verb === 'splitAt') this.#target.changed()
      if (verb === 'lag' && !this.is('lag')) this.#target.lag({ core: 0, rooms: 0, parking: 0, hints: 0 })
    })
    this.#rules.add(rule)
    return rule
  }

  /** Sends a text beside what is asked for: now, or before the replies to an action. */
  #beside(verb: FaultVerb, text: string, options: FaultOptions): Rule {
    const rule = this.#add(verb, checkFault(options), { text })
    if (options.action === undefined) this.#now(rule, () => this.#target.inject(text))
    return rule
  }

  /** Sends a text again and again. */
  #again(verb: FaultVerb, ms: number, text: string): Rule {
    checkWhole('ms', ms, 1, LONGEST_TIMER)
    const rule = this.#add(verb, {})
    const send = (): void => {
      if (rule.stopped) return
      rule.hits++
      this.#target.inject(text)
      this.#target.after(ms, send)
    }
    this.#target.after(ms, send)
    return rule
  }

  #now(rule: Rule, strike: () => void): void {
    rule.off()
    rule.hits++
    strike()
  }
}
