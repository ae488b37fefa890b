import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { startServer, type UserOptions } from 'amiable/testing'
import { findRunning, type RunningAsterisk } from '../tools/servers/asterisk/asterisk.ts'
import { ACCOUNTS } from '../tools/servers/asterisk/settings.ts'
import type { RealTarget } from '../tools/servers/asterisk/targets.ts'
import { authority, good } from '../tools/testbed/certificates.ts'
import { SOUNDS } from './sounds.ts'

/** A server that the suite is run against. */
export interface Target {
  readonly name: string
  /** Asterisk's major version; of the simulator, the one that it plays. */
  readonly version: number
  /** An Asterisk, not the simulator. */
  readonly real: boolean
  /** Its dialplan, accounts and modules are those of tools/servers/asterisk, and nobody minds what becomes of it. */
  readonly full: boolean
  readonly host: string
  readonly port: number
  readonly tls?: { readonly port: number; readonly ca: string }
  /** The account with every right. */
  readonly username: string
  readonly secret: string
  /** Every account with its secret. */
  readonly accounts: Readonly<Record<string, string>>
  /** What `asterisk -rx` prints, where the machine lets us ask. */
  readonly cli?: (command: string) => Promise<string>
}

/** One of our real servers, with the handle that kills, restarts and freezes it. */
export interface OurAsterisk extends Target {
  readonly tls: { readonly port: number; readonly ca: string }
  readonly server: RunningAsterisk
}

/** Runs the suite against the simulator, which is always there; with a second one for TLS. */
export async function withSimulator(suite: (target: Target) => void): Promise<void> {
  const users: Record<string, UserOptions> = {
    frank: { secret: ACCOUNTS.frank },
    readonly: { secret: ACCOUNTS.readonly, read: ['call', 'user'], write: ['reporting'] },
    filtered: { secret: ACCOUNTS.filtered, eventFilters: ['!Event: VarSet', '!Event: Newexten'] },
    nosystem: {
      secret: ACCOUNTS.nosystem,
      read: ['call', 'user', 'agent', 'reporting', 'dialplan', 'cdr'],
      write: ['call', 'originate', 'reporting', 'user', 'agent'],
    },
    operator: { secret: ACCOUNTS.operator, read: ['call', 'user', 'agent', 'reporting', 'dialplan', 'cdr'] },
    calls: { secret: ACCOUNTS.calls, read: ['call'], write: ['call', 'originate'] },
    bank: { secret: ACCOUNTS.bank, read: ['agi', 'call', 'dialplan'], write: ['agi', 'call', 'reporting'] },
    listener: { secret: ACCOUNTS.listener, write: [] },
    stranger: { secret: ACCOUNTS.stranger, read: ['user'], write: ['user'] },
  }
  const dialplan = readFileSync(new URL('../tools/servers/asterisk/etc/extensions.conf', import.meta.url), 'utf8')
  const server = await startServer({ users, dialplan, channelVars: ['LABVAR', 'CALLERID(num)'], sounds: SOUNDS })
  after(() => server.close())
  const secured = await startServer({ users, dialplan, tls: good })
  after(() => secured.close())
  const accounts = Object.fromEntries(Object.keys(users).map((name) => [name, users[name]?.secret ?? '']))
  suite({
    name: 'simulator',
    version: 22,
    real: false,
    full: true,
    host: '127.0.0.1',
    port: server.port,
    tls: { port: secured.port, ca: authority },
    username: 'frank',
    secret: ACCOUNTS.frank,
    accounts,
  })
}

/** Why a suite that changes a server, or knows its dialplan, leaves your own server out. */
export const YOURS = 'it needs a server that the tests set up, and this one is your own'

/** Runs the suite against the Asterisk of ours of that version, or says why not. */
export function withAsterisk(version: 22 | 16, suite: (target: OurAsterisk) => void): void {
  const needed = process.env.AMIABLE_NEEDS
  if (needed !== undefined && !needed.includes(`asterisk-${version}`)) {
    throw new Error(`this file uses Asterisk ${version}: its head must say \`// needs: asterisk-${version}\``)
  }
  const found = handedOver().find((one) => one.full && one.version === version)
  if (found) {
    const server = findRunning(version)
    const { tls, ...target } = targetFrom(found)
    if (!server || !tls) throw new Error(`${found.name} has ended`)
    suite({ ...target, tls, server, cli: (command) => server.cli(command) })
    return
  }
  const where = needed === undefined ? 'npm test brings it up' : 'see above'
  test(`with Asterisk ${version}`, { skip: `no Asterisk ${version} (${where})` }, () => {})
}

/** Runs the suite against each server that the user named (AMIABLE_ASTERISK=user:secret@host:port). */
export function withNamedServers(suite: (target: Target) => void): void {
  const found = handedOver().filter((one) => !one.full)
  for (const one of found) suite(targetFrom(one))
  if (found.length === 0)
    test('with your own server', { skip: 'no server of your own (AMIABLE_ASTERISK names none)' }, () => {})
}

function handedOver(): RealTarget[] {
  return process.env.AMIABLE_TARGETS ? (JSON.parse(process.env.AMIABLE_TARGETS) as RealTarget[]) : []
}

function targetFrom(found: RealTarget): Target {
  const { name, version, host, port, username, secret, accounts, full, tlsPort, ca } = found
  const tls = tlsPort && ca ? { port: tlsPort, ca: readFileSync(ca, 'utf8') } : undefined
  return { name, version, real: true, full, host, port, username, secret, accounts, ...(tls && { tls }) }
}
