import { fromWire, toWire } from '../protocol/byte-text.ts'

/** Returns the first line of a recording. */
export function headLine(startedAt: number, source: string): string {
  return `${JSON.stringify({ amiable: 'recording', version: 1, startedAt, source })}\n`
}

/** Returns the last line of a recording: what has none was broken off. */
export function endLine(messages: number): string {
  return `${JSON.stringify({ amiable: 'end', messages })}\n`
}

/** Returns the line of a message in a recording, or of the end of a connection. */
export function recordLine(time: number, session: number, direction: 'in' | 'out' | 'end', text: string): string {
  return `${JSON.stringify({ t: time, s: session, d: direction, ...contentOf(text) })}\n`
}

function contentOf(text: string): Record<string, string> {
  if (text === '') return {}
  const readable = fromWire(text)
  // what is plain ASCII came back as the same string
  const isText = readable === text || toWire(readable) === text
  return isText ? { text: readable } : { bytes: Buffer.from(text, 'latin1').toString('base64') }
}
