import { ActionError, LostError } from '../../errors.ts'
import type { Clock } from '../../util/clock.ts'
import type { Params } from '../../wire/encoder.ts'
import type { CallNature, CallOptions, Outcome } from './call.ts'
import type { Response } from './response.ts'

/** A module without which a channel cannot be made, or has nowhere to go. */
export interface Needed {
  readonly module: string
  /** The context of the dialplan that the module may have: where that is there all the same, another module made it. */
  readonly context?: string | undefined
}

/** Returns the module that reads extensions.conf. */
export function dialplan(context: string | undefined): Needed {
  return { module: 'pbx_config.so', context }
}

/** What the server says of a module; `'ending'`: it shuts down, or the connection was lost before it could say. */
export type Presence = 'away' | 'back' | 'loaded' | 'unknown' | 'ending'

// commas and parentheses would be more than a name
const NAME = /^[\w.+*#-]+$/
// main/manager.c:process_message
const SHUTS_DOWN = /: Asterisk is shutting down/
// a module that is being loaded holds the answer back (main/loader.c:find_resource); a call's outcome waits as long
const ASKING = 3_000
// more than a caller can need
const MOST_MODULES = 64

/** What starts calls. */
export interface Starter {
  start(action: string, params: Params | undefined, options: CallOptions, outcome: Outcome, nature: CallNature): unknown
}

/** Asks the server for its modules, and keeps what it reported of them unasked. */
export class Modules {
  #clock: Clock
  #calls: Starter
  #mayAsk = true
  /** Those that were not loaded when it was asked for them last. */
  #away: Set<string> | undefined
  /** When those were seen to be loaded that had not been. */
  #backAt: Map<string, number> | undefined

  constructor(clock: Clock, calls: Starter) {
    this.#clock = clock
    this.#calls = calls
  }

  /** Whether a module was away: that it is loaded is to be heard. */
  get anyAway(): boolean {
    return this.#away !== undefined && this.#away.size > 0
  }

  /** Forgets what it knew at a login: the account may have other rights now, and the server other modules. */
  loggedIn(): void {
    this.#mayAsk = true
    this.#away = undefined
    this.#backAt = undefined
  }

  /** Notes that a module was loaded: main/loader.c:load_resource reports it by the name that it was asked for. */
  loaded(name: string): void {
    const module = name.endsWith('.so') ? name : `${name}.so`
    this.#backAt ??= new Map()
    const [oldest] = this.#backAt.keys()
    if (this.#backAt.size >= MOST_MODULES && oldest !== undefined) this.#backAt.delete(oldest)
    this.#backAt.set(module, this.#clock.elapsed())
    this.#away?.delete(module)
  }

  /** Notes that a module did what it is for. */
  works({ module }: Needed): void {
    if (this.#away?.has(module)) this.loaded(module)
  }

  /**
   * Whether a module was loaded after a time: an action before that may have failed for it. An account that hears no
   * `system` events knows it only where the module was asked for while it was away.
   */
  cameBack(module: string, since: number): boolean {
    return (this.#backAt?.get(module) ?? Number.NEGATIVE_INFINITY) > since
  }

  /** Asks for a module; without one, whether the server shuts down. An account may have no right to ask for modules. */
  async presence(needed: Needed | undefined, since: number): Promise<Presence> {
    if (needed === undefined || !this.#mayAsk) return this.#meaning(await this.#ask('Ping', undefined))
    const { module, context = '' } = needed
    // funcs/func_module.c:ifmodule_read
    // at the answer's place: its `Load` may stand right behind it
    const loaded = await this.#getvar(`IFMODULE(${module})`, (value) => value === '0' && this.#isAway(module))
    if (loaded === '0') {
      if (!(await this.exists(context))) return 'away'
      this.#away?.delete(module)
      return 'loaded'
    }
    if (loaded !== '1') return this.#meaning(loaded)
    this.works(needed)
    return this.cameBack(module, since) ? 'back' : 'loaded'
  }

  /** Whether the dialplan has a context, or an extension of it, now (funcs/func_dialplan.c:isexten_function_read). */
  async exists(...place: readonly (string | undefined)[]): Promise<boolean> {
    if (!this.#mayAsk || !place.every((part) => part !== undefined && NAME.test(part))) return false
    return (await this.#getvar(`DIALPLAN_EXISTS(${place.join()})`)) === '1'
  }

  #isAway(module: string): void {
    this.#away ??= new Set()
    if (this.#away.size < MOST_MODULES) this.#away.add(module)
  }

  /**
   * Resolves with the value, or with the error.
   * @param answered takes the value before any event that came behind it
   */
  #getvar(Variable: string, answered?: (value: string | undefined) => void): Promise<unknown> {
    return this.#ask('Getvar', { Variable }, answered)
  }

  #ask(action: string, params: Params | undefined, answered?: (value: string | undefined) => void): Promise<unknown> {
    return new Promise((resolve) => {
      const outcome = {
        resolve: (reply: Response) => {
          const value = reply.get('Value')
          answered?.(value)
          resolve(value)
        },
        reject: resolve,
      }
      this.#calls.start(action, params, { timeout: ASKING }, outcome, { internal: true })
    })
  }

  #meaning(answer: unknown): Presence {
    if (answer instanceof LostError) return 'ending'
    if (!(answer instanceof ActionError)) return 'unknown'
    if (SHUTS_DOWN.test(answer.message)) return 'ending'
    this.#mayAsk = false
    return 'unknown'
  }
}
