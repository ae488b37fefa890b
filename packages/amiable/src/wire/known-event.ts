import { isEscaped } from '../catalog/facts.ts'

const CR = 13
const FIRST = 'Event: '
const NAMES = 64
/** How long the beginning of a line may be, or a title with a CR. */
const NEEDLE_BYTES = 64
const PRINTABLE = /^[\x20-\x7e]+$/
// The lines of Agents may end with a bare LF. At FullyBooted a client asks its clock, which can be its caller's and can add
// a listener: what stands behind must not have been passed over by then
const UNKNOWN: ReadonlySet<string> = new Set(['Agents', 'FullyBooted'])
/**
 * So begins a name that holds that of a channel (manager.c:append_channel_vars): another in each event, it stands for
 * all of them among the names of a known one.
 */
export const OF_CHANNEL = 'ChanVariable('

/** What events of one title with the same names in the same order have in common. */
export class KnownEvent {
  readonly title: string
  readonly names: readonly string[]
  /** Whether a header of the same name stands in front. */
  readonly repeated: readonly boolean[]
  /** Whether Asterisk C-escapes the value. */
  readonly escaped: readonly boolean[]
  /** Whether names are among them that hold that of a channel. */
  readonly ofChannels: boolean
  /** The last audience that was asked whether it reads such, as the scanner counts them. */
  asked = 0

  constructor(title: string, names: readonly string[]) {
    this.title = internal(title)
    this.names = names.map(internal)
    this.repeated = names.map((name, slot) => names.indexOf(name) < slot)
    this.ofChannels = names.includes(OF_CHANNEL)
    // a user event's own headers, which stand behind its name, are as their sender wrote them
    const own = title === 'UserEvent' ? names.indexOf('UserEvent') : -1
    this.escaped = names.map((name, slot) => (own === -1 || slot <= own) && isEscaped(title, name))
  }

  /**
   * Returns at which place the first header of this name stands, in any case of letters; -1 where there is none. It
   * knows no name that holds that of a channel.
   */
  slotOf(name: string): number {
    const small = name.toLowerCase()
    // a letter that becomes ASCII as a small one is as long as what it becomes, or the name is another
    return this.names.findIndex((one) => one.length === name.length && one.toLowerCase() === small)
  }
}

/** Whether a name holds that of a channel, in any case of letters. */
export function isOfChannel(name: string): boolean {
  return name.slice(0, OF_CHANNEL.length).toLowerCase() === OF_CHANNEL.toLowerCase()
}

/** Returns how the lines of such a name begin. */
export function needleOf(name: string): string {
  return name === OF_CHANNEL ? OF_CHANNEL : `${name}: `
}

// V8 keeps the name of a property once: whatever asks for it by the same name compares two places
function internal(text: string): string {
  return Object.keys({ [text]: true })[0] as string
}

/**
 * Returns the names of an event in their order, if such events can be known by them. A name may stand again
 * (ChanVariable), but not in two spellings, and all are ASCII: so they are the same in every encoding.
 * @param lines its lines, each with its end
 */
export function namesOf(lines: string): string[] | undefined {
  if (!lines.startsWith(FIRST) || !lines.endsWith('\r\n')) return undefined
  const names: string[] = []
  for (let from = 0; from < lines.length; ) {
    const end = lines.indexOf('\n', from)
    // a line that a bare LF ends is read by other rules
    if (lines.charCodeAt(end - 1) !== CR || names.length === NAMES) return undefined
    // the first ": ", as everywhere; what is longer than a needle has none
    const line = lines.slice(from, Math.min(end, from + NEEDLE_BYTES))
    const ofChannel = line.startsWith(OF_CHANNEL)
    const name = ofChannel ? OF_CHANNEL : line.slice(0, Math.max(line.indexOf(': '), 0))
    if (!PRINTABLE.test(name) || name in Object.prototype || isOfChannel(name) !== ofChannel) return undefined
    names.push(name)
    from = end + 1
  }
  return new Set(names).size === new Set(names.map((name) => name.toLowerCase())).size ? names : undefined
}

/** Returns the title of an event, if such events can be known by it. */
export function titleIn(lines: string): string | undefined {
  const title = lines.slice(FIRST.length, lines.indexOf('\r\n'))
  return PRINTABLE.test(title) && title.length < NEEDLE_BYTES && !UNKNOWN.has(title) ? title : undefined
}
