// What a server says again and again costs little, and hides nothing.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Client, type ClientOptions, connect } from 'amiable'
import { lines, type Play, PlayedServer } from '../../../tools/testbed/played-server.ts'
import { nextEvent } from '../../support/client.ts'

/** A client of a played server. */
async function played(
  { play, ...options }: Partial<ClientOptions> & { play?: Play },
  run: (ami: Client, server: PlayedServer) => Promise<void>,
): Promise<void> {
  await using server = await PlayedServer.start(play)
  const account = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean', reconnect: false as const }
  await using ami = await connect({ ...account, ...options })
  await run(ami, server)
}

/** What a server may say any number of times. */
const said: Readonly<Record<string, string>> = {
  'that it has booted': lines('Event: FullyBooted', 'Privilege: system,all', 'Status: Fully Booted'),
  'that it ends': lines('Event: Shutdown', 'Privilege: system,all', 'Shutdown: Cleanly', 'Restart: True'),
  'what is no message': 'rubbish\r\n\r\n',
}

describe('a loop over status() that lags misses nothing of the link, though the server says again and again', () => {
  for (const [what, message] of Object.entries(said)) {
    test(what, () =>
      played({}, async (ami, server) => {
        const statuses = ami.status()
        for (let i = 0; i < 3; i++) {
          server.session.say(message.repeat(20_000) + lines('Event: Last', `N: ${i}`))
          await nextEvent(ami, 'Last')
        }
        server.session.socket.destroy()
        const told: string[] = []
        for await (const { type } of statuses) told.push(type)
        assert.deepEqual(
          // that a listener held up the loop is said of a machine that stood still
          told.filter((type) => !['fault', 'booted', 'slow'].includes(type)),
          ['lost', 'closed'],
        )
        assert.ok(told.length <= 102, `${told.length}`)
      }),
    )
  }
})

for (const [what, begin] of [
  ['of a message', 'Event: Long\r\nA: '],
  ['of no message', ''],
] as const) {
  test(`a line ${what} that never ends is passed over for a while, and then the link is renewed, without a keepalive too`, () =>
    played({ keepalive: false, reconnect: () => 20 }, async (ami, server) => {
      const statuses = ami.status()
      server.session.say(begin)
      const line = 'x'.repeat(1 << 20)
      for (let i = 0; i < 73; i++) server.session.say(line)
      const told: string[] = []
      for await (const status of statuses) {
        told.push(status.type)
        if (status.type === 'lost') assert.match(status.error.message, /a message past a limit has no end/)
        if (status.type === 'ready') break
      }
      assert.deepEqual(told, ['fault', 'lost', 'waiting', 'connecting', 'ready'])
      await ami.send('Ping')
    }))
}
