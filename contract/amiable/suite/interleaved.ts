import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, type ClientOptions, connect } from 'amiable'
import { assertClean, optionsFor, overTls } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

const COUNT = 200

/** Two hundred actions at once, each of which must get its own answer and no other's. */
export function interleaved(target: Target): void {
  const ways: Record<string, Partial<ClientOptions>> = {
    'over TCP': {},
    'over TCP, eight at a time': { maxInFlight: 8 },
    ...(target.tls ? { 'over TLS': overTls(target) } : {}),
  }
  for (const [way, options] of Object.entries(ways)) {
    test(`${target.name}: ${COUNT} interleaved actions each get their own answer, ${way}`, async () => {
      await using ami = await connect(optionsFor(target, options))
      if (!target.real || target.full) {
        await Promise.all([...kinds.keys()].map((i) => ami.sendRaw('DBPut', { Family: 'inter', Key: i, Val: `v${i}` })))
      }
      const able = target.real && !target.full ? kinds.filter((kind) => harmless.has(kind)) : kinds
      const asked = Array.from({ length: COUNT }, (_, i) => (able[i % able.length] as Kind)(ami, i))
      await Promise.all(asked)
      await ami.send('Ping')
      assertClean(ami)
      assert.equal(ami.stats().lateReplies, 0)
    })
  }

  test(`${target.name}: an ActionID of the caller's own comes back with the answer`, async () => {
    await using ami = await connect(optionsFor(target))
    const ids = ['mine', 'a'.repeat(67), '!#$%&()*+,-./:;<=>?@']
    const answers = await Promise.all(ids.map((actionId) => ami.send('Ping', {}, { actionId })))
    assert.deepEqual(
      answers.map((answer) => answer.actionId),
      ids,
    )
    assertClean(ami)
  })
}

type Kind = (ami: Client, i: number) => Promise<void>

const ping: Kind = async (ami, i) => {
  const pong = await ami.sendRaw('Ping', {}, { actionId: `ping-${i}` })
  assert.deepEqual([pong.actionId, pong.get('Ping')], [`ping-${i}`, 'Pong'])
}

const unknown: Kind = (ami, i) =>
  assert.rejects(ami.sendRaw(`NoSuchAction${i}`), { code: 'AMI_REFUSED', message: new RegExp(`NoSuchAction${i}\\b`) })

const computed: Kind = async (ami, i) => {
  const reply = await ami.sendRaw('Getvar', { Variable: `CUT(no-such,,${i})` }, { check: false })
  assert.equal(reply.success && reply.get('Variable'), `CUT(no-such,,${i})`)
}

const row: Kind = async (ami, i) => {
  const { events } = await ami.sendRaw('DBGet', { Family: 'inter', Key: i % kinds.length })
  assert.deepEqual(
    events.map((event) => event.get('Val')),
    [`v${i % kinds.length}`],
  )
}

const missing: Kind = (ami, i) =>
  assert.rejects(ami.sendRaw('DBGet', { Family: 'inter', Key: `none-${i}` }), { code: 'AMI_REFUSED' })

const queue: Kind = async (ami) => {
  const { events, completion } = await ami.sendRaw('QueueStatus', { Queue: 'support' })
  assert.equal(events.length, completion?.number('ListItems'))
  for (const event of events) assert.equal(event.get('Queue'), 'support')
}

const plan: Kind = async (ami) => {
  const list = ami.listRaw('ShowDialPlan', { Context: 'default' })
  const rows = await list.toArray()
  assert.equal(rows.length, list.completion?.number('ListItems'))
}

const printed: Kind = async (ami, i) => {
  const reply = await ami.sendRaw('Command', { Command: `no such thing ${i}` }, { check: false })
  assert.match(reply.get('Output') ?? '', new RegExp(`no such thing ${i}'`))
}

const told: Kind = async (ami, i) => {
  const reply = await ami.sendRaw('UserEvent', { UserEvent: `Interleaved${i}` })
  assert.equal(reply.message, 'Event Sent')
}

// one that says nothing of its own end: a Ping fences it
const unmarked: Kind = async (ami) => {
  const { events, success } = await ami.sendRaw('FAXStats', {}, { check: false })
  if (success)
    assert.deepEqual(
      events.map((event) => event.Event),
      ['FAXStats'],
    )
}

const set: Kind = async (ami, i) => {
  const Value = `value of V${i}`
  await ami.send('Setvar', { Variable: `V${i}`, Value })
  assert.equal((await ami.send('Getvar', { Variable: `V${i}` })).Value, Value)
}

const kept: Kind = async (ami, i) => {
  const entry = { Family: 'contract', Key: `V${i}` }
  await ami.send('DBPut', { ...entry, Val: `V${i}` })
  const rows = await ami.list('DBGet', entry).toArray()
  assert.deepEqual(
    rows.map((event) => event.get('Val')),
    [`V${i}`],
  )
  await ami.send('DBDel', entry)
}

const channels: Kind = async (ami) => {
  let rows = 0
  const list = ami.list('CoreShowChannels')
  for await (const event of list) {
    assert.equal(event.Event, 'CoreShowChannel')
    rows++
  }
  assert.equal(list.completion?.get('ListItems'), String(rows))
}

const kinds: readonly Kind[] = [
  ping,
  row,
  unknown,
  queue,
  computed,
  plan,
  missing,
  printed,
  told,
  unmarked,
  ping,
  set,
  kept,
  channels,
]
const harmless: ReadonlySet<Kind> = new Set([ping, unknown, told, unmarked])
