import { toWire } from '../protocol/byte-text.ts'
import type { DeviceStates } from './devices.ts'

/** AstDB: family and key to value, in the order of the keys (main/db.c). */
export class Database {
  #entries = new Map<string, string>()

  get(family: string, key: string): string | undefined {
    return this.#entries.get(`/${family}/${key}`)
  }

  put(family: string, key: string, value: string): void {
    this.#entries.set(`/${family}/${key}`, value)
  }

  delete(family: string, key: string): boolean {
    return this.#entries.delete(`/${family}/${key}`)
  }

  /** Returns what begins with a path, sorted. */
  tree(family: string, key: string): [path: string, value: string][] {
    const prefix = family === '' ? '' : key === '' ? `/${family}` : `/${family}/${key}`
    const inside = ([path]: [string, string]): boolean =>
      prefix === '' || path === prefix || path.startsWith(`${prefix}/`)
    return [...this.#entries].filter(inside).sort(([a], [b]) => (a < b ? -1 : 1))
  }

  deleteTree(family: string, key: string): number {
    const found = this.tree(family, key)
    for (const [path] of found) this.#entries.delete(path)
    return found.length
  }
}

/** Says what an endpoint does with a call. */
export type EndpointAnswer = 'answer' | 'busy' | 'congestion' | 'noanswer' | 'unavailable'

/** How a contact is reached (res_pjsip/pjsip_options.c:status_map). */
export type ContactStatus = 'Reachable' | 'Unreachable' | 'NonQualified'

/** The options of a PJSIP endpoint. */
export interface EndpointOptions {
  /** What the endpoint does with a call. @default 'unavailable', as an endpoint without a contact */
  readonly answers?: EndpointAnswer
  /** For how many milliseconds it rings first. @default 0 */
  readonly ringTime?: number
  /** The address that it is registered from. @default one of the simulator's, if the endpoint answers */
  readonly contact?: string
}

/** One endpoint. */
export interface Endpoint {
  readonly name: string
  answers: EndpointAnswer
  ringTime: number
  contact: string
  status: ContactStatus
}

/** PJSIP endpoints, in the order of their names. */
export class Endpoints {
  readonly all = new Map<string, Endpoint>()
  #devices: DeviceStates

  constructor(devices: DeviceStates) {
    this.#devices = devices
  }

  define(name: string, options: EndpointOptions = {}): Endpoint {
    const answers = options.answers ?? 'unavailable'
    const contact = options.contact ?? (answers === 'unavailable' ? '' : `sip:${name}@127.0.0.1:5060`)
    const status: ContactStatus = 'NonQualified'
    const endpoint = { name: toWire(name), answers, ringTime: options.ringTime ?? 0, contact, status }
    this.all.set(endpoint.name, endpoint)
    this.#devices.preset(`PJSIP/${endpoint.name}`, contact === '' ? 'UNAVAILABLE' : 'NOT_INUSE')
    return endpoint
  }

  sorted(): Endpoint[] {
    return [...this.all.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }
}

/** The options of a voicemail box. */
export interface MailboxOptions {
  readonly fullName?: string
  readonly email?: string
  /** The number of new messages. @default 0 */
  readonly new?: number
  /** The number of old messages. @default 0 */
  readonly old?: number
  readonly urgent?: number
}

/** One voicemail box. */
export interface Mailbox {
  readonly context: string
  readonly box: string
  readonly fullName: string
  readonly email: string
  new: number
  old: number
  urgent: number
}

/** Voicemail boxes by `box@context`. */
export class Mailboxes {
  readonly all = new Map<string, Mailbox>()

  define(address: string, options: MailboxOptions = {}): Mailbox {
    const [box = '', context = 'default'] = toWire(address).split('@')
    const mailbox = {
      box,
      context,
      fullName: toWire(options.fullName ?? ''),
      email: toWire(options.email ?? ''),
      new: options.new ?? 0,
      old: options.old ?? 0,
      urgent: options.urgent ?? 0,
    }
    this.all.set(`${box}@${context}`, mailbox)
    return mailbox
  }

  find(address: string): Mailbox | undefined {
    return this.all.get(address.includes('@') ? address : `${address}@default`)
  }
}

/** Configuration files for GetConfig and UpdateConfig: categories in order, each with its lines in order. */
export class ConfigFiles {
  readonly all = new Map<string, ConfigCategory[]>()

  /** Takes a file's text; comments and blank lines are left out, as GetConfig shows it. */
  define(name: string, text: string): void {
    const categories: ConfigCategory[] = []
    for (const raw of toWire(text).split(/\r?\n/)) {
      const line = raw.replace(/(^|[^\\]);.*$/, '$1').trim()
      const section = /^\[([^\]]+)\](.*)$/.exec(line)
      const entry = /^([^=]+?)\s*=>?\s*(.*)$/.exec(line)
      if (section !== null) categories.push({ name: section[1]!, lines: [] })
      else if (entry !== null) categories.at(-1)?.lines.push({ name: entry[1]!, value: entry[2]! })
    }
    this.all.set(toWire(name), categories)
  }
}

/** One category of a configuration file. */
export interface ConfigCategory {
  name: string
  readonly lines: { name: string; value: string }[]
}
