// The section of manager.conf that grants rights. The command and the calculator of the site both print it.
import type { Rights } from 'amiable/catalog'

/** What stands around the classes. */
export interface SectionText {
  /** The name of the account. @default 'NAME' */
  readonly name?: string | undefined
  /** What the section is for, as a comment on top. */
  readonly purpose?: string | undefined
  /** The version that the rights were asked for. */
  readonly version?: string | undefined
}

/** Returns the lines of a section that grants these rights, with what else to know as comments. */
export function section({ read, write, notes, unavailable }: Rights, text: SectionText = {}): string[] {
  return [
    ...(text.purpose === undefined ? [] : [`; ${text.purpose}`]),
    `[${text.name ?? 'NAME'}]`,
    // without a secret Asterisk lets nobody in (main/manager.c:authenticate)
    '; secret = a long random text',
    'deny = 0.0.0.0/0.0.0.0',
    'permit = 127.0.0.1/255.255.255.255',
    // an empty list grants nothing
    `read = ${read.join(',')}`.trimEnd(),
    `write = ${write.join(',')}`.trimEnd(),
    ...notes.map(({ name, note }) => `; ${name}: ${note}`),
    ...unavailable.map((name) => `; ${name}: Asterisk ${text.version} does not have it.`),
  ]
}

/** Returns what a section is for, in words. */
export function purposeOf(actions: number, events: number, version?: string): string {
  const counted = `${count(actions, 'action')}, ${count(events, 'event')}`
  return version === undefined ? counted : `${counted}, Asterisk ${version}`
}

function count(found: number, what: string): string {
  return `${found} ${what}${found === 1 ? '' : 's'}`
}
