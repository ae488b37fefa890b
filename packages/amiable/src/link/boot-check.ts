import { unguessableId } from '../util/action-id.ts'
import type { Clock, Timer } from '../util/clock.ts'
import { LateMap } from '../util/late.ts'
import { encodeAction, type Params } from '../wire/encoder.ts'
import { kindOf, type Message, titleOf } from '../wire/message.ts'
import { type BootProof, cliProof, commandsOf, mayRead, proofFor } from './boot-proof.ts'

/** Whether the server has booted; `false`: it still boots, and the time to wait for it ran out. */
export type Booted = boolean | 'unknown'

/** What a login learns of its server, for the next one to compare with. */
export interface ServerKnowledge {
  /** The names that `ListCommands` had, in small letters; undefined: it was not answered. */
  readonly commands: ReadonlySet<string> | undefined
  /** Whether the account gets `FullyBooted`. */
  readonly hearsBoot: boolean
}

/** What a {@link BootCheck} needs of the link. */
export interface BootCheckHost {
  readonly clock: Clock
  readonly username: string
  /** How long a server that still boots is waited for, in milliseconds. */
  readonly bootTimeout: number
  /** How long an answer may take that a server gives at once, also while it boots, in milliseconds. */
  readonly loginTimeout: number
  /** Whether the login's event mask lets `FullyBooted` through; the account's rights may not. */
  readonly asksForSystem: boolean
  write(text: string): void
  /** Takes what is known, once. */
  decided(booted: Booted): void
  /** Reports that no answer came: nobody serves this session. */
  silent(): void
}

const BOOT_MAY_TAKE = 60_000

/** Returns for how long a server may still boot of which nothing more is known, in milliseconds. */
export function bootMayTake(bootTimeout: number): number {
  return Math.max(BOOT_MAY_TAKE, bootTimeout)
}

// how often a server that still boots is asked, in milliseconds
const INTERVAL = 1_000
/**
 * For how long modules may be there and the boot not over, in milliseconds. No dialplan runs then
 * (main/pbx.c:ast_pbx_start), and only FullyBooted and the CLI show the end. A few milliseconds were seen.
 */
export const LAST_STEPS = 1_000
// how long a first login waits for answers that every server gives at once
const FIRST_ANSWERS = 1_000
// the CLI refuses the question for a moment while its commands are being registered
const RIGHTS_AGAIN = 50

type Question = 'commands' | 'rights' | 'proof'

/**
 * Learns after a login whether the server has booted: Asterisk takes logins in the middle of its boot, before most
 * modules are loaded (main/loader.c:load_modules).
 * Where the server has booted and the account may get `system`, `FullyBooted` stands directly behind the answer to the
 * login (main/manager.c:action_login). Where it still boots, it comes later.
 * A first login asks the CLI for a proof, though the account may be refused it. To ask first what it may do would cost
 * a server that has booted another round trip. A later login compares `ListCommands`, which every account may send,
 * with what the last login had. The commands can be complete before the dialplan and the channel drivers are there. So
 * a proof is asked for as well where the account may have one, and the last steps of a boot are waited for.
 */
export class BootCheck {
  #host: BootCheckHost
  #last: ServerKnowledge | undefined
  #commands: ReadonlySet<string> | undefined
  #hearsBoot: boolean
  /** Whether there is something to compare with, so that the server can be waited for. */
  #waits: boolean
  /** Whether something was missing: this login came in the middle of a boot. */
  #saw = false
  #begun = false
  #decided = false
  #stopped = false
  /** The questions that are not answered yet, by ActionID. */
  #open = new LateMap<string, Question>()
  /** The proof that was asked for since the commands were asked for. */
  #asked: BootProof | undefined
  /** Whether its answer proves that the modules are loaded, or all. */
  #proven = false
  #certain = false
  /** Whether what the server has in the end is asked for. */
  #askedLate = false
  #timeout: Timer | undefined
  #again: Timer | undefined
  #silence: Timer | undefined

  constructor(host: BootCheckHost, last: ServerKnowledge | undefined) {
    this.#host = host
    this.#last = last
    this.#hearsBoot = last?.hearsBoot === true && host.asksForSystem
    this.#waits = last?.commands !== undefined || this.#hearsBoot
  }

  /** What the next login may compare with. */
  get knowledge(): ServerKnowledge {
    return { commands: this.#commands ?? this.#last?.commands, hearsBoot: this.#hearsBoot }
  }

  /**
   * For how many milliseconds a server that was taken for booted may not have: none where it said so itself. The actions
   * that an account may use can be there while the dialplan and channel drivers are still missing.
   */
  get mayTake(): number {
    if (this.#certain) return 0
    return this.#proven ? LAST_STEPS : bootMayTake(this.#host.bootTimeout)
  }

  /** Whether the session answers nothing before a proof has been answered. */
  get blocks(): boolean {
    return this.#asked?.blocks === true && this.#isOpen('proof')
  }

  /** Whether `FullyBooted` did not come with the login's answer. */
  get begun(): boolean {
    return this.#begun
  }

  /** Whether nothing is left to wait for and to do. */
  get over(): boolean {
    return this.#decided && this.#open.size === 0 && this.#again === undefined
  }

  get #proof(): BootProof | undefined {
    return proofFor(this.#commands ?? this.#last?.commands)
  }

  /**
   * Begins, where `FullyBooted` did not come with the login's answer.
   * @param overdue the server was waited for long enough, under the login before
   */
  begin(overdue: boolean): void {
    if (this.#decided || this.#stopped) return
    this.#begun = true
    const { clock, asksForSystem, bootTimeout } = this.#host
    if (overdue) {
      this.#decide(false)
      return
    }
    if (!this.#waits && !asksForSystem) {
      this.#decide('unknown')
      return
    }
    if (this.#waits) this.#timeout = clock.setTimeout(() => this.#decide(false), bootTimeout)
    else this.#timeout = clock.setTimeout(() => this.#decide('unknown'), FIRST_ANSWERS)
    // together, so that a server that has booted is known to have after one round trip
    this.#askForCommands()
    this.#askForProof(this.#waits ? this.#proof : cliProof)
  }

  /** Ends it; nothing is reported from here on. */
  stop(): void {
    this.#stopped = true
    this.#host.clock.clearTimeout(this.#timeout)
    this.#host.clock.clearTimeout(this.#again)
    this.#host.clock.clearTimeout(this.#silence)
  }

  /** Whether `Response: Follows` with this ActionID is the raw answer to a question for the CLI, as Asterisk 13 gives it. */
  expectsRaw(actionId: string | undefined): boolean {
    const question = this.#open.get(actionId ?? '')
    return question === 'rights' || (question === 'proof' && this.#asked === cliProof)
  }

  /** Takes the server's `FullyBooted`. */
  fullyBooted(): void {
    this.#hearsBoot = true
    this.#certain = true
    this.#decide(true)
  }

  /** Looks at a message; true for an answer to a question of its own, which is nobody else's. */
  take(message: Message): boolean {
    if (kindOf(message) === 'event') {
      if (titleOf(message) === 'FullyBooted') this.fullyBooted()
      return false
    }
    if (this.#open.size === 0) return false
    const id = (kindOf(message) === 'response' && message.actionId) || ''
    const question = this.#open.get(id)
    if (question === undefined) return false
    this.#open.delete(id)
    this.#expectAnswer()
    if (question === 'commands' && titleOf(message) === 'Success') this.#commands = commandsOf(message)
    if (!this.#decided) this.#answered[question](message)
    else if (!this.#askedLate && !this.#certain) this.#askLater(BOOT_MAY_TAKE)
    return true
  }

  #answered: Record<Question, (reply: Message) => void> = {
    commands: () => {
      if (this.#waits) this.#judge()
      else if (this.#commands?.has(cliProof.action.toLowerCase()) === false) this.#decide('unknown')
    },
    rights: (reply) => {
      const { clock, bootTimeout } = this.#host
      if (titleOf(reply) === 'Error') {
        this.#again = clock.setTimeout(() => this.#askForRights(), RIGHTS_AGAIN)
        return
      }
      const hearsBoot = mayRead(reply, 'system')
      if (hearsBoot === undefined) {
        this.#decide('unknown')
        return
      }
      this.#hearsBoot = hearsBoot
      this.#waits = true
      this.#saw = true
      clock.clearTimeout(this.#timeout)
      this.#timeout = clock.setTimeout(() => this.#decide(false), bootTimeout)
      this.#judge()
    },
    proof: (reply) => {
      this.#proven = this.#asked?.proves(reply) === true
      if (this.#waits || this.#proven) this.#judge()
      // refused, so the CLI was not asked
      else if (titleOf(reply) === 'Error' && reply.get('Output') === undefined) this.#decide('unknown')
      // a server that boots has no such command yet, but others may never have it
      else this.#askForRights()
    },
  }

  #judge(): void {
    if (this.#proven && this.#asked?.disproves) {
      this.#certain = true
      this.#decide(true)
      return
    }
    if (this.#open.size > 0) return
    const had = [...(this.#last?.commands ?? [])]
    const complete = had.every((name) => this.#commands?.has(name))
    const proof = this.#asked ?? this.#proof
    this.#saw ||= !complete
    if (complete && !this.#asked && proof) this.#askForProof(proof)
    // what could prove it may say nothing: its module is not loaded on this server
    else if (this.#proven || (complete && !this.#hearsBoot && !proof?.disproves)) this.#modulesAreThere()
    else {
      this.#saw = true
      this.#again = this.#host.clock.setTimeout(() => this.#askForCommands(), INTERVAL)
    }
  }

  #modulesAreThere(): void {
    if (this.#saw) this.#again = this.#host.clock.setTimeout(() => this.#decide(true), LAST_STEPS)
    else this.#decide(true)
  }

  #askForCommands(): void {
    this.#again = undefined
    this.#asked = undefined
    this.#proven = false
    this.#ask('commands', 'ListCommands')
  }

  #askForRights(): void {
    this.#again = undefined
    this.#ask('rights', 'Command', { Command: `manager show user "${this.#host.username}"` })
  }

  #askForProof(proof: BootProof | undefined): void {
    this.#asked = proof
    if (proof) this.#ask('proof', proof.action, proof.params)
  }

  #isOpen(question: Question): boolean {
    return [...this.#open.values()].includes(question)
  }

  #ask(question: Question, action: string, params?: Params): void {
    const actionId = unguessableId()
    this.#open.set(actionId, question)
    this.#host.write(encodeAction({ name: action, actionId, params }))
    this.#expectAnswer()
  }

  /** Waits for the next answer, unless the server gives it only when it has booted. */
  #expectAnswer(): void {
    const { clock, loginTimeout } = this.#host
    clock.clearTimeout(this.#silence)
    if (this.#decided || this.#open.size === 0 || (this.#open.size === 1 && this.blocks)) return
    this.#silence = clock.setTimeout(() => this.#host.silent(), loginTimeout)
  }

  #decide(booted: Booted): void {
    if (this.#decided || this.#stopped) return
    const { clock } = this.#host
    this.#decided = true
    clock.clearTimeout(this.#timeout)
    clock.clearTimeout(this.#again)
    clock.clearTimeout(this.#silence)
    this.#again = undefined
    if (booted !== true && !this.#isOpen('commands'))
      this.#askLater(this.#commands === undefined ? INTERVAL : BOOT_MAY_TAKE)
    this.#host.decided(booted)
  }

  // the next login is to compare with all that the server has: with what it has soon, and with what it has in the end
  #askLater(delay: number): void {
    this.#askedLate = delay === BOOT_MAY_TAKE
    this.#again = this.#host.clock.setTimeout(() => this.#askForCommands(), delay)
  }
}
