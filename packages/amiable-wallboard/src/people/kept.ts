// What a restart must not forget: who has signed in, and which screens show a board. Of tokens it has digests alone.
import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readOwnedFile } from 'amiable-settings'
import { z } from 'zod'

/** So many sessions and displays fit into the file, which is at most 1 MiB long. */
const MOST_SESSIONS = 2_500
const MOST_DISPLAYS = 1_000
const NAME = 'signed-in.json'

const digest = z.string().regex(/^[\w-]{43}$/)
const name = z.string().max(64)
const time = z.number().int().nonnegative()

const session = z.strictObject({
  id: digest,
  name,
  /** The digest of what the file of users said of somebody then. */
  user: digest,
  usedAt: time,
})

const display = z.strictObject({
  id: z.string().regex(/^[\w-]{12}$/),
  board: name,
  madeBy: name,
  madeAt: time,
  usedAt: time.nullable(),
  link: digest.nullable(),
  screen: z.strictObject({ id: digest, usedAt: time }).nullable(),
})

const form = z.strictObject({
  version: z.literal(1),
  sessions: z.array(session).max(MOST_SESSIONS),
  displays: z.array(display).max(MOST_DISPLAYS),
})

/** What is kept. */
export type Kept = Omit<z.infer<typeof form>, 'version'>

/** The file that keeps it, in a folder of the wallboard's own. */
export class KeptFile {
  #path: string
  #say: (text: string) => void
  #written = ''
  /** Which file it was that was written last. */
  #mine: number | undefined
  #isBroken = false
  #isShared = false

  constructor(folder: string, say: (text: string) => void) {
    this.#path = join(folder, NAME)
    this.#say = say
  }

  /**
   * Reads what was kept. What is no such file is said, and counts as nothing.
   * @throws {SettingsError} if others can read it or change it
   */
  read(): Kept {
    const text = readOwnedFile(this.#path, { what: 'file of sessions', secret: true })
    if (text === undefined) return { sessions: [], displays: [] }
    try {
      return form.parse(JSON.parse(text))
    } catch {
      this.#say(`the file of sessions ${this.#path} has another form: everybody signs in again`)
      return { sessions: [], displays: [] }
    }
  }

  /** Puts a new file in the place of the one that is there, whole or not at all. */
  write({ sessions, displays }: Kept): void {
    const latest = sessions.toSorted((one, other) => other.usedAt - one.usedAt).slice(0, MOST_SESSIONS)
    const kept = { version: 1, sessions: latest.reverse(), displays: displays.slice(0, MOST_DISPLAYS) }
    const text = JSON.stringify(kept)
    if (text === this.#written) return
    const part = `${this.#path}.new`
    try {
      this.#noteOthers()
      // one that a kill has left, with whatever mode
      rmSync(part, { force: true })
      const file = openSync(part, 'wx', 0o600)
      try {
        writeFileSync(file, text)
        fsyncSync(file)
        this.#mine = fstatSync(file).ino
      } finally {
        closeSync(file)
      }
      renameSync(part, this.#path)
      this.#written = text
      if (this.#isBroken) this.#say('sessions are kept again')
      this.#isBroken = false
    } catch (error) {
      if (!this.#isBroken) this.#say(`sessions cannot be kept, and are tried again: ${(error as Error).message}`)
      this.#isBroken = true
    }
  }

  /** Two that share a folder forget what the other keeps: the file that is there is not the one that was written. */
  #noteOthers(): void {
    const there = statSync(this.#path, { throwIfNoEntry: false })?.ino
    if (this.#isShared || this.#mine === undefined || there === undefined || there === this.#mine) return
    this.#isShared = true
    this.#say(`another wallboard writes ${this.#path}: give each a stateFolder of its own`)
  }
}
