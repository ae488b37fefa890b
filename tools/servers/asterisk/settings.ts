// What is fixed about our servers: versions, accounts, ports, places. No I/O.
import { join } from 'node:path'

export const VERSIONS = [22, 16] as const
export type AsteriskVersion = (typeof VERSIONS)[number]

/** The accounts of etc/manager.conf, each with its secret. */
export const ACCOUNTS = {
  /** everything, write timeout 5 s */
  frank: 'lean',
  /** read call,user; write reporting */
  readonly: 'ro',
  /** everything but VarSet and Newexten */
  filtered: 'filt',
  /** no system class: never gets FullyBooted */
  nosystem: 'nosys',
  /** no system class either, and may do everything, on the CLI as well */
  operator: 'cli',
  /** read call; write call,originate */
  calls: 'dial',
  /** reads everything, may do nothing */
  listener: 'ear',
  /** reads and writes user events, and nothing else: a stranger who listens and forges */
  stranger: 'odd',
  /** read agi,call,dialplan; write agi,call,reporting: what the guide "Voice menus" says */
  bank: 'lime',
  /** everything, with Asterisk's own write timeout of 100 ms */
  slow: 'tort',
  /** refused at every login, by address */
  denied: 'no',
} as const

export interface Ports {
  ami: number
  tls: number
  http: number
  pjsip: number
  sip: number
  iax: number
  skinny: number
  /** Where nobody listens: an address for phones that do not exist. */
  nobody: number
  rtp: number
}

export interface Settings {
  version: AsteriskVersion
  /** Holds the chroot, its lock and the console log. */
  directory: string
  root: string
  ports: Ports
}

type Environment = Readonly<Record<string, string | undefined>>

const DEFAULT_CACHE = '/var/cache/amiable/asterisk'
const DEFAULT_PORT_BASE = 20_000

/** AMIABLE_ASTERISK_CACHE and AMIABLE_ASTERISK_PORT_BASE let two checkouts on one machine keep out of each other's way. */
export function settingsFor(version: AsteriskVersion, env: Environment = process.env): Settings {
  const cache = env.AMIABLE_ASTERISK_CACHE || DEFAULT_CACHE
  if (!cache.startsWith('/')) throw new Error('AMIABLE_ASTERISK_CACHE must be an absolute path')
  const directory = join(cache, String(version))
  const base = portBase(env) + (version === 22 ? 5_000 : 6_000)
  return {
    version,
    directory,
    root: join(directory, 'root'),
    ports: {
      ami: base + 38,
      tls: base + 39,
      http: base + 88,
      pjsip: base + 60,
      sip: base + 61,
      iax: base + 69,
      skinny: base + 20,
      nobody: base + 99,
      rtp: base + 200,
    },
  }
}

function portBase(env: Environment): number {
  const text = env.AMIABLE_ASTERISK_PORT_BASE
  if (!text) return DEFAULT_PORT_BASE
  const base = Number(text)
  if (!Number.isInteger(base) || base < 0 || base > 59_000)
    throw new Error(`AMIABLE_ASTERISK_PORT_BASE must be a whole number from 0 to 59000, not ${text}`)
  return base
}
