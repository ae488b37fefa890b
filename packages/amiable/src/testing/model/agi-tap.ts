import type { Audible } from './frames.ts'

/** Commands that wait on a channel for AsyncAGI; once made they stay for its life (res_agi.c:add_to_agi). */
export class AgiQueue {
  readonly #commands: { readonly command: string; readonly id: string }[] = []
  readonly #watchers = new Set<() => void>()

  add(command: string, id: string): void {
    this.#commands.push({ command, id })
    for (const wake of [...this.#watchers]) wake()
  }

  take(): { readonly command: string; readonly id: string } | undefined {
    return this.#commands.shift()
  }

  get empty(): boolean {
    return this.#commands.length === 0
  }

  /** Resolves when there is a command, or when the channel is hung up or sent elsewhere. */
  filled(channel: Audible): Promise<void> {
    if (!this.empty || channel.interrupted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        this.#watchers.delete(done)
        off()
        resolve()
      }
      const off = channel.onInterrupt(done)
      this.#watchers.add(done)
    })
  }
}

/** Who watches the AGI commands of a channel, and may answer them otherwise: a test's fake caller. */
export interface AgiTap {
  /** Takes the words of a command that came. */
  came(words: readonly string[]): void
  /** Returns what to answer instead of running it. */
  instead(words: readonly string[]): string | undefined
  /** Whether no further command is read. */
  readonly silent: boolean
  /** Reports that the command that came last was answered, and its answer is on its way. */
  answered(): void
  /** Reports that a file began to play. */
  played(file: string): void
  /** Whether an answer and what is written at once behind it are one segment. */
  readonly together: boolean
  /** Where each answer is cut in two segments. */
  readonly splitAt: number | undefined
}
