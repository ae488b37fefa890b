/** A line of a message. */
export interface Line {
  readonly start: number
  /** Where its value begins; where the line does if there is no colon. */
  readonly value: number
  readonly end: number
  /** Where the next line begins. */
  readonly next: number
  /** The header's name; empty where there is no colon. */
  readonly name: string
}

const [CR, SPACE, TAB] = [13, 32, 9]
/**
 * Reads the line that begins at a place. The name of `ChanVariable(…)` holds a channel's, which may have colons of its own
 * (manager.c:append_channel_vars).
 */
export function lineAt(text: string, start: number): Line {
  const lineFeed = text.indexOf('\n', start)
  const next = lineFeed === -1 ? text.length : lineFeed + 1
  let end = lineFeed === -1 ? text.length : lineFeed
  if (end > start && text.charCodeAt(end - 1) === CR) end--
  const line = text.slice(start, end)
  const ofChannel = /^\w*ChanVariable\(/i.test(line) ? line.indexOf('):') + 1 : 0
  const colon = ofChannel > 0 ? ofChannel : line.indexOf(':')
  // `name = value: more` is no header
  if (colon === -1 || (ofChannel === 0 && line.slice(0, colon).includes('=')))
    return { start, value: start, end, next, name: '' }
  let value = start + colon + 1
  while (value < end && (text.charCodeAt(value) === SPACE || text.charCodeAt(value) === TAB)) value++
  return { start, value, end, next, name: line.slice(0, colon).trim() }
}
