import { isBanner } from '../../util/banner.ts'
import { messagesOf, type RecordedMessage, warnOfBreak } from './reader.ts'

/**
 * Yields the messages of a recording that are complete. What was written in pieces is one again. A half message at the
 * end of a connection or of the recording is left out.
 */
export async function* wholeMessages(recording: string, brokenOff = warnOfBreak): AsyncGenerator<RecordedMessage> {
  const halves = new Map<string, string>()
  for await (const message of messagesOf(recording, brokenOff)) {
    const { session, direction } = message
    if (direction === 'end') {
      halves.delete(`${session} in`)
      halves.delete(`${session} out`)
      yield message
      continue
    }
    const flow = `${session} ${direction}`
    const text = (halves.get(flow) ?? '') + message.text
    halves.delete(flow)
    if (isWhole(text)) yield { ...message, text }
    else halves.set(flow, text)
  }
}

function isWhole(text: string): boolean {
  return (/^[^\n]*\n$/.test(text) && isBanner(text)) || /(?:^|\n)\r?\n$/.test(text.slice(-3))
}
