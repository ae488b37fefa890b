// K2: whether a connection that is silent for a while is still there afterwards.
import { setTimeout as sleep } from 'node:timers/promises'
import { AmiError, type Client } from 'amiable'
import { spell } from '../output/time.ts'
import type { Finding } from './finding.ts'

/**
 * Keeps a connection silent for a time, and then asks for a sign of life. Both sides are quiet: the client must have no
 * events and no keepalive.
 */
export async function checkIdle(client: Client, time: number, signal: AbortSignal): Promise<Finding> {
  const what = { id: 'K2', what: 'idle' }
  const began = performance.now()
  const ended = new AbortController()
  void client.closed.then(() => ended.abort())
  await sleep(time, undefined, { signal: AbortSignal.any([signal, ended.signal]) }).catch(() => {})
  signal.throwIfAborted()
  const held = spell(performance.now() - began)
  try {
    await client.send('Ping')
    return { ...what, level: 'ok', says: `a connection that is silent for ${held} stays` }
  } catch (error) {
    if (!AmiError.is(error)) throw error
    const says = ended.signal.aborted
      ? `a silent connection was ended after ${held}`
      : `a connection that was silent for ${held} answers no more, and nobody says that it has ended`
    const shorter = spell(time / 2)
    return {
      ...what,
      level: 'error',
      says,
      fix: [
        `a firewall, NAT or proxy forgets it: have programs send a Ping more often, at least every ${shorter}`,
        'of amiable, that is keepalive.interval; its default is 15 s',
      ],
    }
  }
}
