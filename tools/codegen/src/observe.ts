// What of the wire the catalog does not know, against known-headers.txt.
import { readFileSync } from 'node:fs'

interface Known {
  readonly classes: string
  readonly headers: readonly {
    readonly name: string
    readonly always: boolean
    readonly matches: (name: string) => boolean
  }[]
}

/** Findings that are no gap in the catalog, each with its reason. */
export const EXPLAINED: Readonly<Record<string, string>> = {
  'Status: class Call': 'main/manager.c:generate_status prints it on rows, which need no class',
  'PeerStatus: class System': 'channels/chan_sip.c:sip_peer_status prints it on rows; the broadcast has system',
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
  readonly #seen = new Map<string, { count: number; headers: Map<string, number>; classes: Set<string> }>()

  /** How many different events it was shown. */
  get size(): number {
    return this.#seen.size
  }

  /** Takes the headers of one event, `Event` itself left out. */
  see(name: string, headers: readonly (readonly [name: string, value: string])[]): void {
    const seen = this.#seen.get(name) ?? { count: 0, headers: new Map<string, number>(), classes: new Set<string>() }
    this.#seen.set(name, seen)
    seen.count++
    for (const header of new Set(headers.map(([key]) => key))) {
      seen.headers.set(header, (seen.headers.get(header) ?? 0) + 1)
    }
    for (const [key, value] of headers) if (key === 'Privilege') seen.classes.add(value.replace(/,all$/, ''))
  }

  /** Takes every event in a capture of the wire. */
  seeCapture(text: string): void {
    for (const message of text.split('\r\n\r\n')) {
      const [first = '', ...lines] = message.split('\r\n')
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
      for (const header of seen.headers.keys()) {
        if (!headers.some(({ matches }) => matches(header))) found.push(`${name}: unknown header ${header}`)
      }
      for (const { name: header, always } of known.headers) {
        if (always && (seen.headers.get(header) ?? 0) < seen.count) found.push(`${name}: ${header} is not always there`)
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
      const [name = '', classes = '', headers = ''] = line.split(/: ?/)
      return [name, { classes: classes.trim(), headers: headers.split(' ').filter(Boolean).map(parse) }]
    }),
  )
}

function parse(text: string): Known['headers'][number] {
  const name = text.replace(/\?$/, '')
  const [start = '', end = ''] = name.split('%')
  const matches = name.includes('%')
    ? (header: string) => header.startsWith(start) && header.endsWith(end)
    : (header: string) => header === name
  return { name, always: name === text && !name.includes('%'), matches }
}
