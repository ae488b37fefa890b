import type { Clock, Timer } from '../../util/clock.ts'
import { deferred } from '../../util/deferred.ts'
import { modules } from '../model/modules.ts'
import type { World } from '../model/world.ts'

/** Says how a server boots. */
export interface BootOptions {
  /** How many milliseconds all modules together take. @default 0 */
  readonly duration?: number
  /**
   * The modules that are loaded late, in order. All others are there at once. Each takes a share of the duration, and
   * so does the time from the last to `FullyBooted`. @default all that are not in Asterisk's core, in Asterisk's order
   */
  readonly modules?: readonly string[]
}

/** The modules that are away while a server boots. */
export const lateModules: readonly string[] = modules.map(({ name }) => name)

/** A boot from the first login that it takes until it is over (main/loader.c:load_modules). */
export class BootSequence {
  #world: World
  #clock: Clock
  #loaded = deferred<void>()
  #over = deferred<void>()
  #begun = false
  #timer: Timer | undefined

  constructor(world: World, clock: Clock) {
    this.#world = world
    this.#clock = clock
    world.booted = false
    for (const name of lateModules) world.unload(name)
  }

  /** Resolves when all modules are loaded: until then nobody may look at their list. */
  get loaded(): Promise<void> {
    return this.#loaded.promise
  }

  /** Resolves when the server has booted. */
  get over(): Promise<void> {
    return this.#over.promise
  }

  /** Loads the modules, then calls `booted`; at once where it takes no time. */
  begin({ duration = 0, modules: late = lateModules }: BootOptions, booted: () => void): void {
    if (this.#begun) return
    this.#begun = true
    for (const name of lateModules) if (!late.includes(name)) this.#world.load(name)
    const left = [...late]
    const after = (share: () => void): void => {
      if (duration === 0) share()
      else this.#timer = this.#clock.setTimeout(share, duration / (late.length + 1))
    }
    const next = (): void => {
      const name = left.shift()
      if (name === undefined) {
        this.#loaded.resolve()
        after(() => {
          booted()
          this.#over.resolve()
        })
        return
      }
      this.#world.modules.start(name)
      after(() => {
        this.#world.load(name)
        next()
      })
    }
    next()
  }

  /** Ends it where it stands: the server goes. */
  stop(): void {
    this.#clock.clearTimeout(this.#timer)
    this.#loaded.resolve()
    this.#over.resolve()
  }
}
