import type { MessageKind } from './origin.ts'

/** Ends a message: the end of its last line, and a blank line. */
export const END = '\r\n\r\n'
/** The same of what is neither Response nor Event: its lines may end with a bare LF (chan_iax2.c:manager_iax2_show_netstats). */
export const BARE_END = '\n\r\n'
/** Ends the raw output of a command (manager.c:action_command before 14), in front of the blank line. */
const MARK = '--END COMMAND--'
/** What a message is and how it ends stands within so many of its first bytes. */
export const HEAD_BYTES = 2_048
/** So many bytes at the end of what has come can be the beginning of an end. */
export const OPEN_BYTES = MARK.length + END.length - 1

/** What the answer to nearly every action begins with. */
export const SUCCEEDED = 'Response: Success\r\n'

const LF = 10
const CR = 13
const SPACE = 32

/** Returns where the next message begins: some handlers send a blank line too many. */
export function pastBlankLines(text: string, from: number): number {
  let at = from
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === LF) at += 1
    else if (code === CR && text.charCodeAt(at + 1) === LF) at += 2
    else return at
  }
}

/** Returns what the message is that begins here. */
export function kindAt(text: string, at: number): MessageKind {
  if (text.startsWith('Event:', at)) return 'event'
  if (text.startsWith('Response:', at)) return 'response'
  return kindBehindNames(text.slice(at, at + HEAD_BYTES))
}

// proxies and some modules put these in front of the line that says what the message is (AllStarLink's app_rpt)
const IN_FRONT = /^(?:(?:ActionID|Server):[^\n]*\n)*/i

function kindBehindNames(start: string): MessageKind {
  const rest = start.replace(IN_FRONT, '')
  if (/^event:/i.test(rest)) return 'event'
  return /^response:/i.test(rest) ? 'response' : 'other'
}

// at the start of a line: the header that says what a message is
const FIRST = /(?<=\n)(?:Event|Response):/i

/** Returns the value of the header that says what a message is, which lies between these places. */
export function firstValue(text: string, start: number, stop: number, kind: MessageKind): string {
  let from = start
  // the message's first header is called what its kind is, but where a proxy puts another in front
  if ((text.charCodeAt(from) | 32) !== kind.charCodeAt(0)) {
    // the head of a message that was passed over may end in front of it
    from += text.slice(from, stop).search(FIRST) >>> 0
  }
  from += kind.length + 1
  if (text.charCodeAt(from) === SPACE) from++
  return text.slice(from, Math.min(text.indexOf('\r', from) >>> 0, stop))
}

/** Returns where a message begins inside a block of raw lines; -1 if none does. */
export function messageInside(block: string): number {
  const found = block.search(/\n(?:Event|Response): /)
  return found === -1 ? -1 : found + 1
}

/** What `Response: Follows` begins with. */
export interface RawHead {
  readonly actionId: string | undefined
  /** Where the raw lines begin. */
  readonly body: number
}

/**
 * Returns the head of the `Response: Follows` that begins here (manager.c:action_command before 14). Returns
 * `undefined` if it is another response, and `'open'` if more of it must come before its end is known.
 */
export function rawHeadAt(text: string, at: number): RawHead | 'open' | undefined {
  if (text.startsWith(SUCCEEDED, at)) return undefined
  const start = text.slice(at, at + HEAD_BYTES)
  const first = /^(?:(?:ActionID|Server):[^\n]*\n)*Response: *Follows\r\n/i.exec(start)
  if (first === null) return undefined
  let body = first[0].length
  let actionId = /^ActionID: ?([^\r\n]*)/im.exec(first[0])?.[1]
  for (;;) {
    const rest = start.slice(body, body + 256)
    const line = /^(?:Privilege|(ActionID)): ?([^\r\n]*)\r\n/i.exec(rest)
    if (line === null) return mayBeHead(rest) ? 'open' : { actionId, body: at + body }
    if (line[1] !== undefined) actionId = line[2]
    body += line[0].length
  }
}

function mayBeHead(line: string): boolean {
  return line.length < 256 && !line.includes('\n') && continues(line, ['privilege:', 'actionid:'])
}

function continues(line: string, names: readonly string[]): boolean {
  const start = line.toLowerCase()
  return names.some((name) => start.startsWith(name) || name.startsWith(start))
}

/**
 * Returns where the blank line begins that ends raw output, or, as the complement (`~`) of a position, up to where
 * there is none. It stands behind the mark, or in front of what must be another message. For a session never writes one
 * into the output of a command (manager.c:process_events), and a CLI ends its lines with a bare LF.
 * @param from where to look from
 * @param body where the raw lines begin; -1 if there are some in front of `from`
 */
export function rawEnd(text: string, from: number, body: number): number {
  let open = Math.max(from, text.length - OPEN_BYTES)
  for (let at = text.indexOf(END, from); at !== -1; at = text.indexOf(END, at + 2)) {
    if (text.startsWith(MARK, at - MARK.length)) return at
    const begins = beginsMessage(text.slice(at + END.length, at + END.length + HEAD_BYTES), at + 2 === body)
    if (begins === true) return at
    if (begins === undefined) {
      open = Math.min(open, at)
      break
    }
  }
  return ~open
}

/** Whether a message begins with these lines; `undefined` if more must come before that is known. */
function beginsMessage(start: string, nothingInFront: boolean): boolean | undefined {
  const more = start.length < HEAD_BYTES ? undefined : false
  const rest = start.replace(IN_FRONT, '')
  const first = rest.indexOf('\r\n')
  if (first === -1) return continues(rest, ['event:', 'response:', 'actionid:', 'server:']) ? more : false
  if (!/^(?:Event|Response): ?[\x21-\x7e]/i.test(rest)) return false
  const second = rest.indexOf('\r\n', first + 2)
  if (second === -1) return more
  const line = rest.slice(first + 2, second)
  return line === '' ? nothingInFront : /^[a-z][\w.()/-]*:/i.test(line)
}
