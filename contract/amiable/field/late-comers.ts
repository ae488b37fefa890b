import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AmiError, createClient } from 'amiable'
import type { Target } from '../../targets.ts'

/** How many milliseconds lie between one and the next. */
const APART = 4

/**
 * The next server keeps open what the old one accepts last, and serves none of it (main/asterisk.c:really_quit closes what
 * is open, and begins before it stops to accept). Whoever comes then hears of it in time, logged in or not.
 */
export function lateComers(
  target: Pick<Target, 'name' | 'host' | 'port' | 'username' | 'secret'>,
  restart: () => Promise<void>,
): void {
  test(`${target.name}: nobody waits for ever who comes in the last moments before a restart`, async () => {
    const { host, port, username, secret } = target
    const options = { reconnect: false, loginTimeout: 1_000, keepalive: { interval: 200, timeout: 500 } } as const
    const come = async (): Promise<string> => {
      await using ami = createClient({ host, port, username, secret, ...options })
      try {
        await ami.connect()
      } catch (error) {
        return (error as AmiError).code
      }
      await restarted
      const ping = ami.send('Ping')
      return ping.then(
        () => 'answered',
        (error: AmiError) => `logged in, then ${error.code}`,
      )
    }
    let over = false
    const restarted = restart().finally(() => {
      over = true
    })
    const comers: Promise<string>[] = []
    while (!over) {
      comers.push(come())
      await sleep(APART)
    }
    const ends = new Set(await Promise.all(comers))
    for (const end of ends) assert.match(end, /^answered$|^AMI_CONNECT$|^logged in, then AMI_(?:LOST|CLOSED)$/)
    assert.ok(ends.has('AMI_CONNECT'), 'somebody must have come while nobody served')
  })
}
