import type { Timer } from '../../util/clock.ts'
import type { Core } from './core.ts'

/** What AMI's ControlPlayback can ask of a file that plays (frame.h:AST_CONTROL_STREAM_STOP and those behind it). */
export type StreamControl = 'stop' | 'pause' | 'restart' | 'reverse' | 'forward'

/** What comes in on a channel, beside its voice. */
export type Frame =
  | { readonly kind: 'digit'; readonly digit: string }
  | { readonly kind: 'control'; readonly control: StreamControl }
  | { readonly kind: 'text'; readonly text: string }

/** Bytes that may come in beside a channel: a FastAGI server's next command. */
export interface Input {
  readonly readable: boolean
  /** Calls `wake` when there is something to read, until the given function is called. */
  onReadable(wake: () => void): () => void
}

/** What a listener gets next. */
export type Heard = Frame | { readonly kind: 'hangup' | 'input' | 'time' }

/** What a listener listens to, and what may be taken away: a channel. */
export interface Audible {
  readonly interrupted: boolean
  onInterrupt(wake: () => void): () => void
  listen(listener: (frame: Frame) => void): () => void
}

/** Listens to a channel while an application runs; what comes in when nobody listens is lost, as in Asterisk. */
export class Listener implements Disposable {
  readonly #core: Core
  readonly #channel: Audible
  readonly #queue: Frame[] = []
  readonly #off: () => void
  #wake: (() => void) | undefined

  constructor(core: Core, channel: Audible) {
    this.#core = core
    this.#channel = channel
    this.#off = channel.listen((frame) => {
      this.#queue.push(frame)
      this.#wake?.()
    })
  }

  /**
   * Resolves with the next that comes in within `ms` milliseconds; less than 0 is no limit. What was there before comes
   * at once: frames in their order, a hangup, and of `input` what is to be read.
   */
  next(ms: number, input?: Input): Promise<Heard> {
    return new Promise((resolve) => {
      let timer: Timer | undefined
      const offs: (() => void)[] = []
      const look = (late = false): void => {
        const heard = this.#look(input) ?? (late ? { kind: 'time' as const } : undefined)
        if (heard === undefined) return
        this.#wake = undefined
        for (const off of offs) off()
        this.#core.clock.clearTimeout(timer)
        resolve(heard)
      }
      this.#wake = look
      offs.push(this.#channel.onInterrupt(look))
      if (input !== undefined) offs.push(input.onReadable(look))
      if (ms > 0 && ms !== Number.POSITIVE_INFINITY) timer = this.#core.clock.setTimeout(() => look(true), ms)
      look(ms === 0)
    })
  }

  [Symbol.dispose](): void {
    this.#off()
  }

  #look(input: Input | undefined): Heard | undefined {
    const frame = this.#queue.shift()
    if (frame !== undefined) return frame
    if (this.#channel.interrupted) return { kind: 'hangup' }
    return input?.readable ? { kind: 'input' } : undefined
  }
}
