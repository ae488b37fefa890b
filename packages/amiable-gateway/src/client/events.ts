// Checks what a consumer reads: whether messages are missing between two of a log, and where the log says a gap.
import { type AnyMessage, type GapMessage, readMessage } from '../log/message.ts'

/** What is read. */
export type Checked<M> =
  | { readonly type: 'message'; readonly message: AnyMessage; readonly source: M }
  /**
   * NATS gives again what nobody has acknowledged, such as what a reader had taken when it ended. It comes after later
   * messages, and its `id` says whether you have it already.
   */
  | { readonly type: 'late'; readonly message: AnyMessage; readonly source: M }
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
  /** There where NATS waits for it, and gives the message again without it. */
  readonly ack?: () => void
}

/**
 * Yields the messages of one or more logs with every gap between them. What comes behind its place is left out where
 * nobody waits for an acknowledgement, and is late where NATS does.
 */
export async function* checked<M extends Readable>(messages: AsyncIterable<M>): AsyncGenerator<Checked<M>> {
  const last = new Map<string, { log: string; seq: number; former: string | undefined }>()
  for await (const source of messages) {
    const message = readMessage(source.string())
    if (message === undefined) {
      // no gateway has written it, and nobody else would ever acknowledge it
      source.ack?.()
      continue
    }
    const { server, log, seq } = message
    const before = last.get(server)
    const isLate = before !== undefined && (before.log === log ? seq <= before.seq : before.former === log)
    if (isLate) {
      if (source.ack !== undefined) yield { type: 'late', message, source }
      continue
    }
    last.set(server, { log, seq, former: before?.log === log ? before.former : before?.log })
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
