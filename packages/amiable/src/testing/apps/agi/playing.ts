import type { StreamControl } from '../../model/frames.ts'
import type { Command } from './call.ts'

/*
 * What file.c and channel.c give back when they have waited: 0 time is up, -1 hangup, 1 a new command, a digit's code,
 * or a control of 1000 and more.
 */
export const NEW_COMMAND = 1
export const HANGUP = -1
export const controls: Readonly<Record<StreamControl, number>> = {
  stop: 1000,
  pause: 1001,
  restart: 1002,
  reverse: 1003,
  forward: 1004,
}

// all formats that the simulator has are of 8 kHz and 20 ms
const RATE = 8
const FRAME = 160
const SKIP = 3000

/** Which digits do what while a file plays. */
export interface Keys {
  readonly stop?: string
  readonly forward?: string
  readonly reverse?: string
  /** How far forward and reverse go, in milliseconds. */
  readonly skip?: number
  /** A new command ends it too. */
  readonly interruptible?: boolean
}

/** A file that plays on a channel, on the server's clock. Positions are samples. */
export class Stream {
  /** Where it ends. */
  readonly length: number
  readonly #command: Command
  #from: number
  #since: number
  #open = true

  private constructor(command: Command, length: number, from: number) {
    this.#command = command
    this.length = length * RATE
    this.#from = Math.min(Math.max(0, from), this.length)
    this.#since = command.call.world.core.clock.elapsed()
  }

  /** Begins to play; undefined where there is no such file. */
  static open(command: Command, file: string, from = 0, spoken = false): Stream | undefined {
    const { world, channel } = command.call
    const length = spoken ? world.sounds.spoken(file) : world.sounds.length(file)
    if (length === undefined) return undefined
    const stream = new Stream(command, length, from)
    channel.agiTap?.played(file)
    return stream
  }

  /** Where it stands; its end once it has ended by itself. */
  get position(): number {
    if (!this.#open) return this.length
    const played = (this.#command.call.world.core.clock.elapsed() - this.#since) * RATE
    return Math.min(this.#from + Math.floor(played / FRAME) * FRAME, this.length)
  }

  /** Whether it has ended by itself. */
  get ended(): boolean {
    return !this.#open
  }

  /** Goes on at another place; less than 0 is counted from the end. */
  seek(to: number): void {
    this.#from = Math.min(Math.max(0, to < 0 ? this.length + to : to), this.length)
    this.#since = this.#command.call.world.core.clock.elapsed()
  }

  /** Waits for its end, or for what ends it before (file.c:waitstream_core). */
  async wait({ stop = '', forward = '', reverse = '', skip = 0, interruptible = false }: Keys): Promise<number> {
    const { call, ears } = this.#command
    for (;;) {
      const left = (this.length - this.position) / RATE
      if (left <= 0) break
      const heard = await ears.next(left, interruptible ? call.input : undefined)
      if (heard.kind === 'hangup') return HANGUP
      if (heard.kind === 'input') return NEW_COMMAND
      if (heard.kind === 'digit') {
        if (forward.includes(heard.digit)) this.seek(this.position + skip * RATE)
        else if (reverse.includes(heard.digit)) this.seek(Math.max(0, this.position - skip * RATE))
        else if (stop.includes(heard.digit)) return heard.digit.charCodeAt(0)
      }
      if (heard.kind !== 'control') continue
      const far = (skip || SKIP) * RATE
      if (heard.control === 'forward') this.seek(this.position + far)
      else if (heard.control === 'reverse') this.seek(Math.max(0, this.position - far))
      else return controls[heard.control]
    }
    this.#open = false
    return call.channel.interrupted ? HANGUP : 0
  }
}

/**
 * Returns the result of a file that plays. A control of {@link controls} is the end of the file and no result of its
 * own (file.c:sanitize_waitstream_return).
 */
export function sanitized(result: number): number {
  return result >= controls.stop ? 0 : result
}

/** Waits for a digit (channel.c:ast_waitfordigit_full); less than 0 ms is no limit. */
export async function waitForDigit(
  { call, ears }: Command,
  ms: number,
  { digits, interruptible = true }: { digits?: string; interruptible?: boolean } = {},
): Promise<number> {
  const { clock } = call.world.core
  const end = clock.elapsed() + ms
  if (call.channel.interrupted) return HANGUP
  for (;;) {
    const left = ms < 0 ? -1 : end - clock.elapsed()
    if (ms >= 0 && left <= 0) return 0
    const heard = await ears.next(left, interruptible ? call.input : undefined)
    if (heard.kind === 'time') return 0
    if (heard.kind === 'hangup') return HANGUP
    if (heard.kind === 'input') return NEW_COMMAND
    if (heard.kind === 'control') return controls[heard.control]
    if (heard.kind === 'digit' && (digits === undefined || digits.includes(heard.digit))) {
      return heard.digit.charCodeAt(0)
    }
  }
}

/** Plays files one after another (say.c:say_filenames): no new command ends it, a control ends one of them. */
export async function sayFiles(command: Command, files: readonly string[], stop: string): Promise<number> {
  for (const file of files) {
    const result = sanitized((await Stream.open(command, file, 0, true)?.wait({ stop })) ?? HANGUP)
    if (result !== 0) return result
  }
  return 0
}
