import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionError, AmiError, LostError } from 'amiable'
import { banner, until } from '../../../../tools/servers/asterisk/process.ts'
import { PlainAgi } from '../../../agi/plain-agi.ts'
import type { OurAsterisk } from '../../../targets.ts'
import { codeOf, Night, Pending, within } from '../nights/fault-session.ts'
import { record } from '../nights/results.ts'

const KILLS = 20
// far above what is measured, far below a wait for ever
const BOUND = 15_000

/** What becomes of a client when its server is killed, restarted gracefully or at once. */
export function restarts(place: OurAsterisk): void {
  describe(`${place.name} goes and comes back`, () => {
    const { host, port, username, secret } = place

    test(`killed and started ${KILLS} times in a row, it is found again each time and every call is told the truth`, async () => {
      // a server that boots may be slow to answer a Ping
      await using night = await Night.begin({ host, port, username, secret, keepalive: { interval: 5_000 } })
      const { client } = night
      for (let round = 0; round < KILLS; round++) {
        const from = night.statuses.length
        const calls = new Pending(inFlight(night))
        // the server has begun to run them
        await night.until('the calls on their way', BOUND, () => client.stats().inFlight >= 5)
        calls.struck()
        await place.server.kill()
        const ends = await calls.ended(BOUND)
        for (const { action, error, took } of ends) {
          record({ kind: 'kill -9', where: place.name, ms: took })
          assert.equal(codeOf(error), 'AMI_LOST', `${action}: ${error}`)
          assert.equal((error as LostError).delivered, 'unknown', `${action} had been written`)
          assert.equal((error as AmiError).source, `${host}:${port}`)
        }
        const lost = await night.status('lost', from)
        assert.equal(lost.rejected, ends.length)

        await assert.rejects(client.send('Ping', {}, { queue: false }), { code: 'AMI_LOST', delivered: 'no' })
        const later = client.send('Ping', {}, { timeout: 30_000 })
        const read = client.sendRaw('CoreSettings', {}, { timeout: 30_000, retry: true })
        const { ready, answers } = await comesBack(night, place, from)
        record({ kind: 'reconnect after kill -9', where: place.name, ms: ready - answers })
        assert.ok(ready - answers < BOUND, 'it was back before we were')
        const [pong, settings] = await within(BOUND, 'what was asked while it was down', Promise.all([later, read]))
        assert.equal(pong.Ping, 'Pong')
        assert.ok(settings.AsteriskVersion)
        const status = await night.status('ready', from)
        assert.equal(status.epoch, round + 2)
        assert.ok(status.gap !== null && status.gap > 0)
        await night.hearsItself()
      }
      night.nothingTwice()
      assert.equal(client.stats().reconnects, KILLS)
      assert.equal(client.stats().inFlight, 0)
      await client.close()
    })

    test('a graceful restart refuses calls while it waits, says Shutdown, and is told apart from a crash', async () => {
      await using night = await Night.begin({ host, port, username, secret, keepalive: { interval: 5_000 } })
      const { client } = night
      // a call holds the restart up; no command can end it, the console refuses them too, but a program that has it can
      await using agi = await PlainAgi.listen()
      const { wire } = await within(BOUND, 'the call that holds the restart up', agi.call(client))
      const from = night.statuses.length
      const restarted = place.server.restart('gracefully')
      // the command returns before the server begins to refuse
      const refusal = await until('a refusal', BOUND, () =>
        client.send('Ping').then(
          () => undefined,
          (error) => error,
        ),
      )
      assert.equal(codeOf(refusal), 'AMI_REFUSED')
      assert.match((refusal as Error).message, /Asterisk is shutting down/)
      const late = new Pending({ Ping: client.send('Ping', {}, { timeout: 20_000 }) })
      wire.socket.end()
      const lost = await night.status('lost', from, 20_000)
      late.struck()
      for (const { took } of await late.ended(BOUND)) record({ kind: 'graceful restart', where: place.name, ms: took })
      assert.equal(lost.error.code, 'AMI_LOST')
      // asterisk.c:really_quit publishes Shutdown through stasis and waits for nobody: on a busy machine the process is gone
      // before its manager has written it
      assert.match(lost.error.message, /Shutdown Cleanly, to restart|the server ended the connection$/)
      const { ready, answers } = await comesBack(night, place, from)
      record({ kind: 'reconnect after graceful restart', where: place.name, ms: ready - answers })
      await restarted
      await night.hearsItself()
      night.nothingTwice()
      await client.close()
    })

    test('a restart that waits for nothing loses the calls in flight truthfully, and the session that asked for it', async () => {
      await using night = await Night.begin({ host, port, username, secret, keepalive: { interval: 5_000 } })
      const from = night.statuses.length
      // main/asterisk.c registers its own commands last: the test before may have restarted the server a moment ago
      const knows = async () => (await place.server.cli('core show version')).startsWith('Asterisk ')
      await until(`${place.name} and its own commands`, 10_000, knows)
      const asked = new Pending({ Command: night.client.command('core restart now') })
      const [end] = await asked.ended(BOUND)
      record({ kind: 'restart now', where: place.name, ms: end!.took })
      // the session that asked gets EOF and no Response; that it has run is more than we can know. Where its thread comes
      // before that of the shutdown, the command answers with what it printed; where it comes behind, it is refused
      if (codeOf(end!.error) === 'AMI_LOST') assert.equal((end!.error as LostError).delivered, 'unknown')
      else if (end!.error !== undefined) {
        assert.equal(codeOf(end!.error), 'AMI_REFUSED')
        assert.equal((end!.error as ActionError).retryable, true)
        assert.match((end!.error as ActionError).message, /shutting down/)
      }
      await night.status('ready', from, 60_000)
      await place.server.ready()
      await night.hearsItself()
      night.nothingTwice()
    })
  })
}

/** Calls that await their answer when the server dies: one that blocks the session, and others behind it. */
function inFlight({ client }: Night): Record<string, Promise<unknown>> {
  const blocking = { Channel: 'Local/noanswer@default', Application: 'Wait', Data: '1', Timeout: 20_000 }
  return {
    Originate: client.sendRaw('Originate', blocking, { timeout: 25_000 }),
    Ping: client.send('Ping'),
    CoreShowChannels: client.listRaw('CoreShowChannels').toArray(),
    UserEvent: client.sendRaw('UserEvent', { UserEvent: 'Never', Note: 'the session is blocked' }),
    Command: client.command('core show uptime'),
  }
}

/** Starts the server if it is down, and says when its port answered and when the client was ready. */
async function comesBack(night: Night, place: OurAsterisk, from: number): Promise<{ ready: number; answers: number }> {
  const answers = until('a banner', 60_000, () => banner(place.host, place.port)).then(() => performance.now())
  const ready = night.status('ready', from, 60_000).then(() => performance.now())
  await Promise.all([place.server.start(), answers, ready])
  return { ready: await ready, answers: await answers }
}
