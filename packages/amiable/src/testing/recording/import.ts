import { checkEach, checkSync, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import { AskedBefore } from '../redaction/asked.ts'
import { ownRule, type RedactRule } from '../redaction/own-rule.ts'
import { redact } from '../redaction/redact.ts'
import { Capture, textOfBytes, WhyNothing, whyNotText } from './capture.ts'
import { endLine, headLine, recordLine } from './record-line.ts'

/** The options of {@link importRecording}. */
export interface ImportOptions {
  /** Your own rule for secrets whose names do not show it, as `record` takes it. */
  readonly redact?: RedactRule
}

/**
 * Makes a recording of the text that telnet showed, or of the payload of a packet dump: one direction or both, with
 * CRLF or LF. Returns its text without secrets, for a file, for {@link replay} or for {@link readEvents}. It has no
 * times.
 */
export function importRecording(text: string | Uint8Array, options: ImportOptions = {}): string {
  if (typeof text !== 'string' && !(text instanceof Uint8Array)) {
    throw invalid('text', `must be the text or the bytes of a capture, ${got(text)}`)
  }
  const { redact: rule } = checkEach<ImportOptions>('', options, { redact: checkSync })
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : Buffer.from(text)
  const why = whyNotText(bytes)
  if (why !== undefined) throw invalid('text', `must be a capture of the wire: ${why}`)
  const wire = textOfBytes(bytes)
  const own = ownRule(rule)
  const before = new AskedBefore()
  const capture = new Capture()
  const messages = [...capture.take(wire), ...capture.end()]
  const nothing = new WhyNothing()
  for (const message of messages) nothing.saw(message)
  if (nothing.why !== undefined) throw invalid('text', `must be a capture of the wire: ${nothing.why}`)
  const lines = messages.map(({ session, direction, text: message }) => {
    return recordLine(0, session, direction, redact(message, { own, before, session }))
  })
  return headLine(0, 'import') + lines.join('') + endLine(lines.length)
}
