import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFleet } from '../../src/client/fleet.ts'
import { type SimulatedAsterisk, startServer } from '../../src/testing/index.ts'

const COUNT = 64
const names = Array.from({ length: COUNT }, (_, i) => `pbx${i + 1}`)

test('sixty-four servers: all are used, one dies, two come back, one is added, one is removed', async () => {
  const servers = new Map<string, SimulatedAsterisk>()
  try {
    for (const name of names) servers.set(name, await startServer({ seed: servers.size + 1 }))
    const at = (name: string) => servers.get(name) as SimulatedAsterisk
    const optionsOf = (name: string) => ({
      name,
      host: '127.0.0.1',
      port: at(name).port,
      username: 'frank',
      secret: 'lean',
      reconnect: { initialDelay: 5, maxDelay: 20 },
    })
    await using fleet = createFleet(names.map(optionsOf))
    assert.deepEqual(await fleet.connect(), new Map())

    const lives = new Map<string, string[]>()
    const watching = (async () => {
      for await (const { source, type } of fleet.status()) lives.set(source, [...(lives.get(source) ?? []), type])
    })()

    // each says something of its own, and is heard with its own name
    const heard = new Map<string, string>()
    fleet.on('UserEvent', (event) => {
      heard.set(event.source, event.get('From') ?? '')
    })
    const events = fleet.events('Hangup', { capacity: COUNT * 2 })
    for (const name of names) {
      at(name).emit('UserEvent', { UserEvent: 'Hello', From: name })
      at(name).emit('Hangup', { Channel: `PJSIP/${name}-00000001`, Uniqueid: '1.1', Cause: '16' })
    }
    const pongs = await fleet.broadcast('Ping')
    assert.equal([...pongs.values()].filter(({ response }) => response?.Ping === 'Pong').length, COUNT)
    assert.equal(
      [...pongs].every(([name, { response }]) => response?.source === name),
      true,
    )
    assert.deepEqual([...heard.keys()].sort(), [...names].sort())
    assert.equal(
      [...heard].every(([source, from]) => source === from),
      true,
    )
    const hangups = new Set<string>()
    for await (const event of events) {
      hangups.add(event.source)
      assert.equal(event.Channel, `PJSIP/${event.source}-00000001`)
      if (hangups.size === COUNT) break
    }

    // one goes for good, two go and come back: sixty-one never notice
    await at('pbx7').close()
    await Promise.all([at('pbx20').restart(), at('pbx64').restart()])
    for (const name of ['pbx20', 'pbx64']) {
      await at(name).waitForLogin()
      await fleet.get(name).connect()
    }
    const again = await fleet.broadcast('Ping', undefined, { timeout: 2_000, queue: false })
    assert.deepEqual(
      [...again].filter(([, { error }]) => error).map(([name]) => name),
      ['pbx7'],
    )
    const unhurt = names.filter((name) => !['pbx7', 'pbx20', 'pbx64'].includes(name))
    assert.deepEqual(
      unhurt.filter((name) => lives.has(name)),
      [],
    )
    assert.deepEqual(
      unhurt.filter((name) => fleet.stats().get(name)?.reconnects !== 0),
      [],
    )
    assert.equal(fleet.stats().get('pbx20')?.reconnects, 1)

    // the listeners of the fleet live on, for those that came back and for a new one
    assert.equal(await fleet.remove('pbx7'), true)
    servers.set('new', await startServer())
    await fleet.add(optionsOf('new')).connect()
    heard.clear()
    for (const name of ['pbx20', 'new']) at(name).emit('UserEvent', { UserEvent: 'Hello', From: name })
    await fleet.broadcast('Ping')
    assert.deepEqual([...heard.keys()].sort(), ['new', 'pbx20'])

    await fleet.close()
    await watching
    assert.equal([...lives.values()].filter((types) => types.at(-1) === 'closed').length, COUNT + 1)
  } finally {
    await Promise.all([...servers.values()].map((server) => server.close()))
  }
})
