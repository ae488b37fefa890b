import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connect } from 'amiable'
import type { OurAsterisk } from '../../../targets.ts'
import { Night } from '../nights/fault-session.ts'
import { record } from '../nights/results.ts'

/** How a real server refuses a login, and ends a session. */
export function sessionEnds(place: OurAsterisk): void {
  describe(`${place.name} ends or refuses a session`, () => {
    const { host, port, username, secret, accounts, server } = place

    test('a wrong secret, an unknown name and a denied address are refused logins', async () => {
      for (const [name, word] of [
        [username, 'wrong'],
        ['nobody', secret],
        ['denied', accounts.denied ?? ''],
      ] as const) {
        const start = performance.now()
        await assert.rejects(connect({ host, port, username: name, secret: word }), {
          code: 'AMI_AUTH',
          message: /: the login of \S+ was refused: Authentication failed$/,
        })
        record({ kind: 'login refused', where: place.name, ms: performance.now() - start })
      }
    })

    const unkickable = server.version < 18 && 'the command came with Asterisk 18'
    test('a kicked session comes back by itself', { skip: unkickable }, async () => {
      await using night = await Night.begin({ host, port, username, secret, keepalive: { interval: 5_000 } })
      const from = night.statuses.length
      // a session whose client has gone may still be listed: whoever is frank is kicked
      const connected = await server.cli('manager show connected')
      const sessions = [...connected.matchAll(/^\s*frank\s+\S+\s+\d+\s+\S+\s+(\d+)/gm)].map(([, session]) => session)
      assert.ok(sessions.length > 0, connected)
      const start = performance.now()
      for (const session of sessions) await server.cli(`manager kick session ${session}`)
      const lost = await night.status('lost', from)
      record({ kind: 'session kicked', where: place.name, ms: performance.now() - start })
      assert.match(lost.error.message, /the server ended the connection$/)
      await night.status('ready', from)
      await night.hearsItself()
    })

    test('Logoff is answered before the connection ends', async () => {
      await using night = await Night.begin({ host, port, username, secret, keepalive: { interval: 5_000 } })
      const start = performance.now()
      await night.client.close()
      record({ kind: 'close', where: place.name, ms: performance.now() - start })
      assert.deepEqual(await night.client.closed, { by: 'close' })
    })
  })
}
