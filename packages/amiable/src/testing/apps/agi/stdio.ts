import { deferred } from '../../../util/deferred.ts'
import type { Input } from '../../model/frames.ts'

// stdio reads as much of a socket at a time (its st_blksize)
const BLOCK = 4096

/**
 * Lines of a socket as res_agi.c:run_agi reads them: it waits for the socket and reads with stdio. A line that stdio
 * holds already is found when more bytes come. A line without its end keeps the reader, and it reads nothing else.
 */
export class StdioInput implements Input {
  /** Not read yet: what poll sees. */
  #kernel = ''
  /** In stdio's buffer. */
  #buffer = ''
  #ended = false
  readonly #over = deferred<void>()
  readonly #watchers = new Set<() => void>()

  get readable(): boolean {
    return this.#kernel !== '' || this.#ended
  }

  onReadable(wake: () => void): () => void {
    this.#watchers.add(wake)
    return () => this.#watchers.delete(wake)
  }

  push(bytes: string): void {
    this.#kernel += bytes
    this.#tell()
  }

  /** Ends it: no more will come. */
  end(): void {
    this.#ended = true
    this.#over.resolve()
    this.#tell()
  }

  /** Resolves when no more will come. */
  get over(): Promise<void> {
    return this.#over.promise
  }

  /**
   * Resolves with a line and its end, or as much as fits into `size` bytes, a C string's end included; empty where all
   * has ended. A NUL ends what was read, and the next line is read onto its place.
   */
  async line(size: number): Promise<string> {
    let line = ''
    for (;;) {
      const room = size - 1 - line.length
      if (room <= 0) return line
      if (this.#buffer === '') {
        if (this.#kernel === '' && this.#ended) return line
        if (this.#kernel === '') {
          await this.#more()
          continue
        }
        this.#buffer = this.#kernel.slice(0, BLOCK)
        this.#kernel = this.#kernel.slice(BLOCK)
      }
      const end = this.#buffer.indexOf('\n')
      const taken = Math.min(room, end === -1 ? this.#buffer.length : end + 1)
      line += this.#buffer.slice(0, taken)
      this.#buffer = this.#buffer.slice(taken)
      if (!line.endsWith('\n')) continue
      const nul = line.indexOf('\0')
      if (nul === -1) return line
      line = line.slice(0, nul)
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      const off = this.onReadable(() => {
        off()
        resolve()
      })
    })
  }

  #tell(): void {
    for (const wake of [...this.#watchers]) wake()
  }
}
