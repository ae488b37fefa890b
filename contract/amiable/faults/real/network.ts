import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connect } from 'amiable'
import type { OurAsterisk } from '../../../targets.ts'
import { Night } from '../nights/fault-session.ts'
import { networkFaults } from '../nights/network.ts'
import { Relay } from '../nights/relay.ts'
import { record } from '../nights/results.ts'

const blocking = { Channel: 'Local/noanswer@default', Application: 'Wait', Data: '1', Timeout: 20_000 }

/** What a bad network, a slow reader and a frozen server do to a client. */
export function badNetwork(place: OurAsterisk): void {
  describe(`a bad network before ${place.name}`, () => {
    networkFaults({ ...place, blocking })
    slowReader(place)
    frozen(place)
  })
}

/** Asterisk gives a reader 100 ms for each write (manager.c:send_string), then closes the session without a word. */
function slowReader(place: OurAsterisk): void {
  test('a reader that the network makes slow is dropped by Asterisk, and told that events may be missing', async () => {
    const { host, port, accounts, username, secret } = place
    await using relay = await Relay.start(place)
    await using night = await Night.begin({
      host: relay.host,
      port: relay.port,
      username: 'slow',
      secret: accounts.slow ?? '',
      // what is tested is the server's patience, not ours
      keepalive: { interval: 60_000, timeout: 60_000 },
    })
    await using talker = await connect({ host, port, username, secret, events: 'off' })
    await night.hearsItself()
    const from = night.statuses.length
    relay.slow(512, 5)
    const start = performance.now()
    // 900 bytes a line is near what an action may hold
    const filling = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`Filling-${n}`, 'x'.repeat(900)]))
    let sent = 0
    while (night.statuses.length === from && sent < 4_000) {
      const marks = Array.from({ length: 20 }, () => ({ UserEvent: 'Mark', Mark: `flood-${sent++}`, ...filling }))
      await Promise.all(marks.map((headers) => talker.sendRaw('UserEvent', headers)))
      if (await dropped(place)) relay.flow()
    }
    relay.flow()
    const lost = await night.status('lost', from, 30_000)
    record({ kind: 'slow reader', where: place.name, ms: performance.now() - start })
    assert.equal(lost.error.code, 'AMI_LOST')
    assert.equal(lost.eventsMissing, true)
    await night.status('ready', from)
    await night.hearsItself()
    night.nothingTwice()
    const heard = [...night.heard.keys()].filter((mark) => mark.startsWith('flood-')).length
    assert.ok(heard < sent, 'nothing was lost, so nothing was tested')
    record({ kind: 'slow reader', where: place.name, value: `${heard} of ${sent} events heard, and it was said` })
    await night.client.close()
  })
}

/** Whether the slow session is gone from the server's own list. */
async function dropped({ server }: OurAsterisk): Promise<boolean> {
  return !/^\s*slow\s/m.test(await server.cli('manager show connected'))
}

function frozen(place: OurAsterisk): void {
  test('a server that is frozen is given up in time, and found again when it thaws', async () => {
    const { host, port, username, secret, server } = place
    await using night = await Night.begin({ host, port, username, secret, loginTimeout: 2_000 })
    await night.hearsItself()
    const from = night.statuses.length
    server.freeze()
    const start = performance.now()
    try {
      await night.status('lost', from, 20_000)
      record({ kind: 'server frozen', where: place.name, ms: performance.now() - start })
      // it still accepts connections, by its kernel, and says nothing
      await night.until('an attempt that failed', 20_000, () =>
        night.statuses
          .slice(from)
          .find((status) => status.type === 'lost' && /no banner within/.test(status.error.message)),
      )
    } finally {
      server.thaw()
    }
    await night.status('ready', from, 30_000)
    await night.hearsItself()
    night.nothingTwice()
    await night.client.close()
  })
}
