import type { RawClient } from '../../../tools/testbed/raw-client.ts'

/** How long anything may take, in milliseconds. */
export const PATIENCE = 60_000

/** Hears the events of a session one after another. */
export class Ears {
  readonly #ami: RawClient
  #heard = 0

  constructor(ami: RawClient) {
    this.#ami = ami
  }

  /** The next event of that name that has these lines, behind the one that was heard last. */
  next(event: string, ...lines: readonly string[]): Promise<string> {
    const wanted = [`Event: ${event}`, ...lines]
    return this.first((message) => wanted.every((line) => message.includes(line)), `${event} with ${lines.join(', ')}`)
  }

  /** The next message that fits, by its lines. */
  async first(fits: (lines: readonly string[]) => boolean, what: string): Promise<string> {
    let late = false
    const timer = setTimeout(() => {
      late = true
      this.#ami.socket.destroy()
    }, PATIENCE)
    try {
      for (;;) {
        const end = this.#ami.text.indexOf('\r\n\r\n', this.#heard)
        if (end === -1) {
          if (late || this.#ami.ended) throw new Error(`no ${what} within ${PATIENCE} ms`)
          await this.#ami.changed()
          continue
        }
        const message = this.#ami.text.slice(this.#heard, end)
        this.#heard = end + 4
        if (fits(message.split('\r\n'))) return message
      }
    } finally {
      clearTimeout(timer)
    }
  }
}
