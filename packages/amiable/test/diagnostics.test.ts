import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { publish, watched } from '../src/diagnostics.ts'
import { settle } from '../src/testing/time/settle.ts'
import { Rig } from './support/rig.ts'

test('nothing is made where nobody listens', () => {
  assert.equal(watched('ami:event'), false)
  publish('ami:event', () => assert.fail('made'))
})

test('each channel tells its part of a life', async () => {
  const told: [string, Record<string, unknown>][] = []
  const note = (payload: unknown, name: string | symbol) =>
    told.push([String(name), payload as Record<string, unknown>])
  const names = ['connect', 'login', 'send', 'reply', 'event', 'drop', 'lost', 'reconnect'].map((name) => `ami:${name}`)
  for (const name of names) subscribe(name, note)
  await using rig = new Rig({ maxBacklog: 1 })
  const peer = await rig.ready()
  const { client } = rig
  client.on('*', () => {})

  const good = client.sendRaw('Getvar', { Variable: 'X' })
  const heard = await peer.next()
  rig.clock.tick(7)
  peer.reply(heard)
  await good
  const bad = client.sendRaw('Hangup').catch(() => {})
  const refused = await peer.next()
  peer.reply(refused, 'Error')
  await bad
  peer.say('Event: A')
  await settle()
  peer.send('Event: B\r\n\r\nEvent: C\r\n\r\n')
  peer.send('garbage\r\n\r\n')
  await settle()
  peer.end()
  await settle()
  for (const name of names) unsubscribe(name, note)

  const source = 'pbx'
  const of = (name: string) => told.filter(([channel]) => channel === `ami:${name}`).map(([, payload]) => payload)
  assert.deepEqual(of('connect'), [{ source, attempt: 1 }])
  assert.deepEqual(of('login'), [{ source, epoch: 1, version: '11.0.0' }])
  assert.deepEqual(of('send'), [
    { source, action: 'Getvar', actionId: heard.id, waited: 0 },
    { source, action: 'Hangup', actionId: refused.id, waited: 0 },
  ])
  assert.deepEqual(of('reply'), [
    { source, action: 'Getvar', actionId: heard.id, duration: 7 },
    { source, action: 'Hangup', actionId: refused.id, duration: 0, code: 'AMI_REFUSED' },
  ])
  assert.deepEqual(
    of('event').map(({ event, epoch }) => [event, epoch]),
    [
      ['FullyBooted', 1],
      ['A', 1],
      ['B', 1],
      ['C', 1],
    ],
  )
  const drops = of('drop')
  assert.equal(drops.length, 2)
  assert.deepEqual(
    drops.flatMap(({ error }) => (error === undefined ? [] : [(error as { code: string }).code])),
    ['AMI_PROTOCOL'],
  )
  assert.equal(drops.find(({ error }) => !error)?.dropped, 1)
  assert.deepEqual(
    of('lost').map(({ error, rejected }) => [(error as { code: string }).code, rejected]),
    [['AMI_LOST', 0]],
  )
  assert.deepEqual(of('reconnect'), [{ source, delay: 100, attempt: 1 }])
})

test('a subscriber that ends the client does no harm', async () => {
  for (const name of ['ami:connect', 'ami:login', 'ami:lost', 'ami:reconnect']) {
    await using rig = new Rig()
    const end = () => rig.client.destroy()
    subscribe(name, end)
    void rig.client.connect()
    if (rig.peers.length > 0) {
      const peer = await rig.nextPeer()
      void peer.accept()
      await settle()
      if (rig.client.state === 'ready') peer.end()
      await settle()
    }
    unsubscribe(name, end)
    assert.deepEqual(await rig.client.closed, { by: 'destroy' }, name)
    assert.equal(rig.clock.pending, 0, name)
  }
})
