import { messageOfRecord, type RecordedMessage } from './reader.ts'
import type { LineSink } from './writer.ts'

/** Receives the messages of {@link watchMessages}. */
export type MessageListener = (message: RecordedMessage) => void | Promise<void>

/** The lines of a recording on their way to a function, in place of a file. */
export class LiveMessages implements LineSink {
  ended = false
  behind: Promise<void> | undefined
  #listener: MessageListener
  #error: { readonly cause: unknown } | undefined

  constructor(listener: MessageListener) {
    this.#listener = listener
  }

  add(lines: Buffer): void {
    for (const line of lines.toString('utf8').split('\n')) {
      if (line === '' || this.ended) continue
      const message = messageOfRecord(JSON.parse(line))
      // the first line and the last have none
      if (message !== undefined) this.#tell(message)
    }
  }

  abandon(error: unknown): void {
    this.#error ??= { cause: error }
    this.ended = true
  }

  async close(): Promise<void> {
    this.ended = true
    await this.behind
    if (this.#error) throw this.#error.cause
  }

  #tell(message: RecordedMessage): void {
    const waits = this.#listener(message)
    if (waits === undefined) return
    const before = this.behind
    const all = Promise.all([before, waits])
      .then(
        () => undefined,
        (error: unknown) => this.abandon(error),
      )
      .finally(() => {
        if (this.behind === all) this.behind = undefined
      })
    this.behind = all
  }
}
