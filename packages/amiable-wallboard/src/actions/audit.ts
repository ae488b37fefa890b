// Who did what, to whom, and what became of it: lines of JSON in a file, and the last ones in memory.
import { createWriteStream, type WriteStream } from 'node:fs'
import { jsonLine } from 'amiable-settings'
import type { AuditEntry } from '../protocol/action.ts'

const KEPT = 1_000

/** The audit log. */
export class Audit {
  #entries: AuditEntry[] = []
  #file: WriteStream | undefined
  #failed: (why: string) => void

  /** @param path where the lines go; without it they stay in memory */
  constructor(path: string | undefined, failed: (why: string) => void) {
    this.#failed = failed
    if (path === undefined) return
    this.#file = createWriteStream(path, { flags: 'a', mode: 0o600 })
    this.#file.on('error', ({ message }) => this.#failed(`the audit file cannot be written: ${message}`))
  }

  add(entry: AuditEntry): void {
    this.#entries.push(entry)
    if (this.#entries.length > KEPT) this.#entries.shift()
    this.#file?.write(`${jsonLine(entry)}\n`)
  }

  /** Returns the last entries, the newest first. */
  last(count: number, test: (entry: AuditEntry) => boolean): AuditEntry[] {
    return this.#entries.filter(test).reverse().slice(0, count)
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#file === undefined || this.#file.destroyed) resolve()
      else this.#file.end(resolve)
    })
  }
}
