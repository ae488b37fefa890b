// Who did what, to whom, and what became of it: lines of JSON in a file, and the last ones in memory.
import type { AuditEntry } from '../protocol/action.ts'
import { AuditFile } from './audit-file.ts'

const KEPT = 1_000

/** The audit log. */
export class Audit {
  #entries: AuditEntry[] = []
  #file: AuditFile | undefined

  /** @param path where the lines go; without it they stay in memory */
  constructor(path: string | undefined, say: (text: string) => void) {
    if (path !== undefined) this.#file = new AuditFile(path, say)
  }

  /** How many lines wait for the file, and how many will never be in it. */
  get counts(): { readonly waiting: number; readonly lost: number } {
    const { waiting = 0, lost = 0 } = this.#file ?? {}
    return { waiting, lost }
  }

  add(entry: AuditEntry): void {
    this.#entries.push(entry)
    if (this.#entries.length > KEPT) this.#entries.shift()
    this.#file?.add(entry)
  }

  /** Returns the last entries, the newest first. */
  last(count: number, test: (entry: AuditEntry) => boolean): AuditEntry[] {
    return this.#entries.filter(test).reverse().slice(0, count)
  }

  async close(): Promise<void> {
    await this.#file?.close()
  }
}
