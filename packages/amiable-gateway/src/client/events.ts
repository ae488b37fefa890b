// Checks what a consumer reads: whether messages are missing between two of a log, and where the log says a gap.
import { type AnyMessage, type GapMessage, readMessage } from '../log/message.ts'

/** What is read. */
export type Checked<M> =
  | { readonly type: 'message'; readonly message: AnyMessage; readonly source: M }
  /** Events may be missing: read the live state again. The messages that follow are in order again. */
  | {
      readonly type: 'gap'
      readonly server: string
      /** `missed`: the consumer did not get all that the log has. `log`: the log itself says a gap. */
      readonly cause: 'missed' | 'log' | 'made-again'
      /** The last message before it, where there was one. */
      readonly after: number | undefined
      /** How many messages are missing, where that is known. */
      readonly missing: number | undefined
      readonly told: GapMessage | undefined
    }

/** Something with the text of a message, as a consumer of NATS gives it. */
export interface Readable {
  readonly string: () => string
}

/**
 * Yields the messages of one or more logs with every gap between them. A message that came before is left out, since a
 * consumer may be given it twice.
 */
export async function* checked<M extends Readable>(messages: AsyncIterable<M>): AsyncGenerator<Checked<M>> {
  const last = new Map<string, { log: string; seq: number }>()
  for await (const source of messages) {
    const message = readMessage(source.string())
    // no gateway has written it
    if (message === undefined) continue
    const { server, log, seq } = message
    const before = last.get(server)
    if (before?.log === log && seq <= before.seq) continue
    last.set(server, { log, seq })
    const after = before?.seq
    if (before !== undefined && before.log !== log) {
      yield { type: 'gap', server, cause: 'made-again', after, missing: undefined, told: undefined }
    } else if (before !== undefined && seq > before.seq + 1) {
      yield { type: 'gap', server, cause: 'missed', after, missing: seq - before.seq - 1, told: undefined }
    }
    if ('status' in message && message.status === 'gap') {
      yield { type: 'gap', server, cause: 'log', after, missing: message.lost ?? undefined, told: message }
    }
    yield { type: 'message', message, source }
  }
}
