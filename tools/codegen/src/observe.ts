// What of the wire the catalog does not know, against known-headers.txt.
import { readFileSync } from 'node:fs'

interface KnownHeader {
  readonly name: string
  readonly always: boolean
  readonly matches: (name: string) => boolean
  /** Why a value is not one of those that the catalog promises. */
  readonly mismatch: (value: string) => string | undefined
}

interface Known {
  readonly classes: string
  readonly headers: readonly KnownHeader[]
}

interface Seen {
  count: number
  readonly headers: Map<string, { count: number; readonly values: Set<string> }>
  readonly classes: Set<string>
}

/** Values that are kept of one header of one event: numbers come in thousands, and one wrong one is enough. */
const VALUES = 64

/** Findings that are no gap in the catalog, each with its reason. */
export const EXPLAINED: Readonly<Record<string, string>> = {
  'Status: class Call': 'main/manager.c:generate_status prints it on rows, which need no class',
  'PeerStatus: class System': 'channels/chan_sip.c:sip_peer_status prints it on rows; the broadcast has system',
  'Newexten: unknown header Event':
    'a line feed in AppData, unescaped: the extension escapes of tools/servers/asterisk',
  'ResourceListDetail: unknown header Event': 'res_pjsip_pubsub.c prints its own option of that name as well',
  'DeviceEntry: unknown header Event': 'chan_skinny.c leaves the blank lines out: several rows in one message',
  'LineEntry: unknown header Event': 'chan_skinny.c leaves the blank lines out: several rows in one message',
}

const FILE = new URL('../known-headers.txt', import.meta.url)

/** The required parameters of every action. */
export function requiredParameters(): Map<string, string[]> {
  const lines = readFileSync(new URL('../known-parameters.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
  return new Map(
    lines.map((line): [string, string[]] => {
      const [name = '', parameters = ''] = line.split(/: ?/)
      const required = parameters.split(' ').filter((one) => one.endsWith('+'))
      return [name, required.map((one) => one.slice(0, -1))]
    }),
  )
}

/** Collects what it is shown, and tells what of it is not in the catalog. */
export class Observer {
  readonly #known = readKnown()
  readonly #seen = new Map<string, Seen>()

  /** How many different events it was shown. */
  get size(): number {
    return this.#seen.size
  }

  /** What the catalog knows of an event of this name. */
  knows(name: string): { classes: readonly string[]; hasHeader: (header: string) => boolean } | undefined {
    const known = this.#known.get(name)
    if (known === undefined) return undefined
    const headers = [...known.headers, ...(this.#known.get('*')?.headers ?? [])]
    const classes = known.classes.split(',').filter(Boolean)
    return { classes, hasHeader: (header) => headers.some(({ matches }) => matches(header)) }
  }

  /** Takes the headers of one event, `Event` itself left out. */
  see(name: string, headers: readonly (readonly [name: string, value: string])[]): void {
    const seen: Seen = this.#seen.get(name) ?? { count: 0, headers: new Map(), classes: new Set() }
    this.#seen.set(name, seen)
    seen.count++
    for (const header of new Set(headers.map(([key]) => key))) {
      const one = seen.headers.get(header) ?? { count: 0, values: new Set<string>() }
      seen.headers.set(header, one)
      one.count++
      for (const [key, value] of headers) if (key === header && one.values.size < VALUES) one.values.add(value)
    }
    for (const [key, value] of headers) if (key === 'Privilege') seen.classes.add(value.replace(/,all$/, ''))
  }

  /** Takes the headers of a reply that is no refusal, `Response` itself left out. */
  seeReply(action: string, headers: readonly (readonly [name: string, value: string])[]): void {
    this.see(`>${action}`, headers)
  }

  /** Takes every event in a capture of the wire, with CRLF or LF. */
  seeCapture(text: string): void {
    const end = text.includes('\r\n') ? '\r\n' : '\n'
    for (const message of text.split(end + end)) {
      const [first = '', ...lines] = message.split(end)
      const name = /^Event: (.*)$/.exec(first)?.[1]
      if (name === undefined) continue
      this.see(
        name,
        lines.map((line) => {
          const spaced = line.indexOf(': ')
          return spaced === -1 ? [line.replace(/:.*/, ''), ''] : [line.slice(0, spaced), line.slice(spaced + 2)]
        }),
      )
    }
  }

  /** Every event, header and class that the catalog does not know, or knows otherwise. */
  findings(): string[] {
    const found: string[] = []
    for (const [name, seen] of [...this.#seen].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const known = this.#known.get(name)
      if (!known) {
        found.push(`${name}: unknown event`)
        continue
      }
      const headers = [...known.headers, ...(this.#known.get('*')?.headers ?? [])]
      for (const [header, { values }] of seen.headers) {
        const one = headers.find(({ name }) => name === header) ?? headers.find(({ matches }) => matches(header))
        if (one === undefined) found.push(`${name}: unknown header ${header}`)
        const wrong = new Set([...values].map((value) => one?.mismatch(value)))
        for (const why of wrong) if (why !== undefined) found.push(`${name}: ${header} ${why}`)
      }
      for (const { name: header, always } of known.headers) {
        if (always && (seen.headers.get(header)?.count ?? 0) < seen.count)
          found.push(`${name}: ${header} is not always there`)
      }
      for (const said of seen.classes) if (said !== known.classes) found.push(`${name}: class ${said}`)
    }
    return found
  }

  /** The findings that nobody has explained. */
  gaps(): string[] {
    return this.findings().filter((finding) => !Object.hasOwn(EXPLAINED, finding))
  }
}

function readKnown(): Map<string, Known> {
  const lines = readFileSync(FILE, 'utf8').trim().split('\n').slice(1)
  return new Map(
    lines.map((line): [string, Known] => {
      const [, name = '', classes = '', headers = ''] = /^([^:]*): ?([^:]*):? ?(.*)$/.exec(line) ?? []
      return [name, { classes: classes.trim(), headers: headers.split(' ').filter(Boolean).map(parse) }]
    }),
  )
}

function parse(text: string): KnownHeader {
  const [, name = '', mark = '', optional] = /^([^#!=?]*)([#!]|=[^?]*)?(\?)?$/.exec(text) ?? []
  const always = optional === undefined && !name.includes('%')
  return { name, always, matches: (header) => fits(name, header), mismatch: mismatchOf(mark) }
}

/** Whether a text is this one, in which a `%` stands for any text. */
function fits(pattern: string, text: string): boolean {
  const [start = '', end] = pattern.split('%')
  return end === undefined ? text === pattern : text.startsWith(start) && text.endsWith(end)
}

function mismatchOf(mark: string): KnownHeader['mismatch'] {
  if (mark === '#')
    return (value) => (/^[+-]?\d+(?:\.\d+)?$/.test(value.trim()) ? undefined : `is not a number: ${value}`)
  const listed = mark === '!' ? ['Yes', 'No'] : mark.slice(1).replaceAll('~', ' ').split('|')
  if (mark === '') return () => undefined
  return (value) => (listed.some((one) => fits(one, value)) ? undefined : `has an unlisted value: ${value}`)
}
