import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { bringUp, type RunningAsterisk } from '../../../../tools/servers/asterisk/asterisk.ts'
import type { AsteriskVersion } from '../../../../tools/servers/asterisk/settings.ts'
import { realTargets } from '../../../../tools/servers/asterisk/targets.ts'

/** A real server that may be killed, with the handle that does it. */
export interface RealPlace {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly username: string
  readonly secret: string
  readonly accounts: Readonly<Record<string, string>>
  readonly tls: { readonly port: number; readonly ca: string }
  readonly server: RunningAsterisk
}

/** Runs the suite against each Asterisk of ours; a server that a user named is never killed, so it is left alone. */
export async function withRealServers(suite: (place: RealPlace) => void): Promise<void> {
  const { targets, skipped, stop } = await realTargets()
  after(stop)
  const ours = targets.filter((target) => target.full)
  if (ours.length === 0) test('a real Asterisk', { skip: skipped ?? 'none of ours is at hand' }, () => {})
  for (const { name, version, host, port, username, secret, accounts, tlsPort, ca } of ours) {
    suite({
      name,
      host,
      port,
      username,
      secret,
      accounts,
      tls: { port: tlsPort ?? 0, ca: readFileSync(ca ?? '', 'utf8') },
      server: await bringUp(version as AsteriskVersion),
    })
  }
}
