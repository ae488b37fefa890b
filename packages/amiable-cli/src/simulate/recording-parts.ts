// A recording in one file, or in parts of a size or a time, of which the oldest go when there are too many bytes.
import { existsSync, lstatSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Client } from 'amiable'
import { type Recording, record } from 'amiable/testing'
import { usage } from '../errors/usage.ts'
import { sizeOf } from '../output/size.ts'
import { durationOf } from '../output/time.ts'

/** When a part is full. */
export interface Rotation {
  readonly bytes?: number
  readonly milliseconds?: number
}

/** Reads `1h` or `100M`. @throws {CliError} if it is neither */
export function rotationOf(text: string): Rotation {
  const bytes = /[KMG]$/.test(text) ? sizeOf(text) : undefined
  const milliseconds = bytes === undefined ? durationOf(text) : undefined
  if (bytes === undefined && milliseconds === undefined)
    throw usage('--rotate must be a size such as 100M or a time such as 1h')
  return bytes === undefined ? { milliseconds: milliseconds as number } : { bytes }
}

/** Sees to it that there is room for a recording of this name. @throws {CliError} if something is in its place */
export function makeRoom(file: string, parts: boolean, force: boolean): void {
  const folder = dirname(file)
  if (!existsSync(folder)) throw usage(`there is no folder ${folder} for the recording`)
  const there = parts ? partsOf(file) : existsSync(file) ? [file] : []
  const [first] = there
  if (first === undefined) return
  if (!lstatSync(first).isFile())
    throw usage(`${first} is a folder, a link or a device: a recording needs a name of its own`)
  if (!force) throw usage(`there is a file ${first} already`, '--force replaces it.')
  if (parts) for (const one of there) rmSync(one)
}

/** Returns `friday-003.jsonl.gz` of `friday.jsonl.gz`. */
export function partName(file: string, part: number): string {
  const [stem, ending] = cutName(basename(file))
  return join(dirname(file), `${stem}-${String(part).padStart(3, '0')}${ending}`)
}

function cutName(name: string): [stem: string, ending: string] {
  const [ending = ''] = /(?:\.[A-Za-z]\w*){1,2}$/.exec(name) ?? []
  return [name.slice(0, name.length - ending.length), ending]
}

function partsOf(file: string): string[] {
  const [stem, ending] = cutName(basename(file))
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(`${stem}-`) && name.endsWith(ending))
    .filter((name) => /^\d{3,}$/.test(name.slice(stem.length + 1, name.length - ending.length)))
    .map((name) => join(dirname(file), name))
}

export interface PartsOptions {
  readonly file: string
  readonly rotation: Rotation | undefined
  /** Bytes that all parts may have together. */
  readonly most: number
  /** Whether an event of this name is recorded. @default all */
  readonly wants?: ((name: string) => boolean) | undefined
}

/** A recording that is running. */
export class Parts {
  readonly #options: PartsOptions
  readonly #recording: Recording
  /** Those that are complete, with their sizes; the oldest first. */
  #complete: { readonly name: string; readonly size: number }[] = []
  #part = 1
  #began = performance.now()
  #bytes = 0
  /** Messages of the complete parts. */
  #before = 0
  #failure: unknown
  /** Whether there is no room for more. */
  isFull = false
  /** Whether the disk takes no more: {@link stop} says why. */
  hasEnded = false

  constructor(client: Client, options: PartsOptions) {
    this.#options = options
    const { wants } = options
    this.#recording = record(client, this.#name, wants && { events: wants })
    process.on('warning', this.#warned)
  }

  get messages(): number {
    return this.#recording.messages
  }

  /** Bytes that have been written, also those that are gone. */
  get bytes(): number {
    return this.#bytes + this.#size
  }

  /** How many files there are. */
  get files(): number {
    return this.#complete.length + 1
  }

  /** Looks whether a part is full, or all is. @throws {unknown} what a part failed with */
  look(): void {
    if (this.#failure !== undefined) throw this.#failure
    const { rotation, most } = this.#options
    const size = this.#size
    if (rotation === undefined) {
      this.isFull = size >= most
      return
    }
    this.#drop(most - size)
    const { bytes = Number.POSITIVE_INFINITY, milliseconds = Number.POSITIVE_INFINITY } = rotation
    if (this.messages === this.#before) return
    if (size < Math.min(bytes, most) && performance.now() - this.#began < milliseconds) return
    const before = this.#name
    this.#part++
    this.#began = performance.now()
    const complete = { name: before, size }
    this.#bytes += size
    this.#before = this.messages
    this.#complete.push(complete)
    this.#recording.rotate(this.#name).catch((error: unknown) => {
      this.#failure = error
    })
  }

  async stop(): Promise<void> {
    process.off('warning', this.#warned)
    const isEmpty = this.#part > 1 && this.messages === this.#before
    await this.#recording.stop()
    // a part without a message is no recording that could be read
    if (isEmpty) rmSync(this.#name, { force: true })
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Ends a recording of a login that failed: it holds nothing, and would stand in the way of the next one. */
  async discard(): Promise<void> {
    await this.stop().catch(() => {})
    rmSync(this.#name, { force: true })
  }

  // the library says at once that a recording has ended
  readonly #warned = (warning: Error & { code?: string }): void => {
    this.hasEnded ||= warning.code === 'AMIABLE_RECORDING'
  }

  get #name(): string {
    const { file, rotation } = this.#options
    return rotation === undefined ? file : partName(file, this.#part)
  }

  get #size(): number {
    return statSync(this.#name, { throwIfNoEntry: false })?.size ?? 0
  }

  /** Removes the oldest parts until the rest has at most so many bytes. */
  #drop(room: number): void {
    let all = this.#complete.reduce((sum, { size }) => sum + size, 0)
    while (all > room) {
      const oldest = this.#complete.shift()
      if (oldest === undefined) return
      rmSync(oldest.name, { force: true })
      all -= oldest.size
    }
  }
}
