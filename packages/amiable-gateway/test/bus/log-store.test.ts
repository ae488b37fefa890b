// What a log needs of NATS, on real servers.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { NATS_VERSIONS, type NatsVersion } from '../../../../tools/servers/nats/binary.ts'
import { natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { JetStreamLog } from '../../src/bus/log-store.ts'
import { namesOf } from '../../src/bus/names.ts'
import { connectBus } from '../../src/bus/nats.ts'
import { BusPresence } from '../../src/bus/presence.ts'
import { readLog, storedLog } from '../../src/bus/read-log.ts'
import type { Outcome } from '../../src/log/store.ts'

const skip = (await natsObstacle()) ?? false
const names = namesOf('ami')
const STREAM = names.logStream('pbx1')
const SUBJECT = 'ami.event.pbx1.Hangup'

async function arrange(t: TestContext, version: NatsVersion) {
  const nats = await startNats(version)
  t.after(() => nats.close())
  const open = async () => {
    const bus = await connectBus({ servers: nats.urls })
    t.after(() => bus.close())
    const ask = bus.ask.bind(bus)
    // a loaded machine takes longer than a gateway waits
    bus.ask = (subject, payload) => ask(subject, payload, 30_000)
    return bus
  }
  const bus = await open()
  const make = (name: string, subjects: readonly string[]) =>
    bus.request(
      `$JS.API.STREAM.CREATE.${name}`,
      JSON.stringify({ name, subjects, storage: 'file', allow_direct: true }),
    )
  await make(STREAM, names.logSubjects('pbx1'))
  await make(names.status, names.statusSubjects)
  return { nats, open, bus, log: new JetStreamLog(bus, names, 'ami', 'pbx1') }
}

const append = (log: JetStreamLog, payload: string, seq: number, subject = SUBJECT) =>
  new Promise<Outcome>((resolve) => log.append(subject, payload, seq, resolve))

function message(life: string, seq: number): string {
  const id = `pbx1-${life}-${seq}`
  const at = '2026-11-26T12:00:00.000Z'
  const own = { v: 1, id, server: 'pbx1', log: life, seq, term: 1, run: 'r', at }
  return JSON.stringify({ ...own, event: 'Hangup', hash: 'h', data: { Event: 'Hangup' } })
}

for (const version of NATS_VERSIONS) {
  test(`a log on nats-server ${version} takes a message at its place or nowhere, and knows its end`, {
    skip,
  }, async (t) => {
    const { bus, log, nats } = await arrange(t, version)
    const { log: life, ...empty } = await log.end()
    assert.deepEqual(empty, { seq: 0, message: undefined })
    assert.deepEqual(await append(log, message(life, 1), 1), { type: 'stored', seq: 1 })
    // a writer that does not know the end, and one that is late
    assert.deepEqual(await append(log, message(life, 1), 1), { type: 'refused' })
    assert.deepEqual(await append(log, message(life, 3), 3), { type: 'refused' })
    assert.deepEqual(await append(log, message(life, 2), 2), { type: 'stored', seq: 2 })
    assert.equal((await append(log, '{}', 3, 'ami.event.other.Hangup')).type, 'failed')
    for (const last of [await log.peek(), await log.end()]) assert.deepEqual([last.seq, last.message?.seq], [2, 2])
    assert.deepEqual(
      (await log.tail(2, 64)).map(({ seq }) => seq),
      [1, 2],
    )
    assert.ok((await log.say({ v: 1, server: 'pbx1', gateway: 'gw-a', at: '', status: 'beat' })) > 0)
    // what no gateway has written is no message of the log
    assert.deepEqual(await append(log, '{"forged":true}', 3), { type: 'stored', seq: 3 })
    for (const last of [await log.peek(), await log.end()]) assert.deepEqual([last.seq, last.message], [3, undefined])
    assert.deepEqual(
      (await log.tail(3, 2)).map(({ seq }) => seq),
      [2],
    )

    await bus.request(`$JS.API.STREAM.MSG.DELETE.${STREAM}`, '{"seq":1}')
    const { first, last } = await storedLog(bus, STREAM)
    const read = async () => {
      const all: string[] = []
      for await (const { seq, text, dropped } of readLog(bus, STREAM, 1, last)) {
        all.push(`${seq} ${dropped ? 'dropped' : text === undefined ? 'missing' : 'there'}`)
      }
      return all
    }
    assert.equal(first, 2)
    // the end of a log at its limit moves while somebody reads; a hole in the middle is another matter
    assert.deepEqual(await read(), ['1 dropped', '2 there', '3 there'])
    await append(log, message(life, 4), 4)
    await bus.request(`$JS.API.STREAM.MSG.DELETE.${STREAM}`, '{"seq":3}')
    assert.deepEqual(await read(), ['1 dropped', '2 there', '3 missing'])

    // what is under way when the connection goes has an end that nobody knows
    const [node] = nats.nodes
    node?.freeze()
    const waiting = append(log, message(life, 5), 5)
    await node?.kill()
    assert.equal((await waiting).type, 'failed')
    assert.deepEqual(await append(log, message(life, 5), 5), { type: 'failed', why: 'there is no connection to NATS' })
    await assert.rejects(log.end(), /no connection/)
    log.close()
  })

  test(`gateways on nats-server ${version} find each other, and answer nowhere else`, { skip }, async (t) => {
    const { open, bus } = await arrange(t, version)
    const other = await open()
    let vacant = 0
    const one = new BusPresence(bus, names, 'pbx1', () => vacant++)
    const two = new BusPresence(other, names, 'pbx1', () => {})
    assert.deepEqual([await one.hasWriter(), await one.hasReady(), one.hasMet()], [false, false, false])
    two.announce({ writing: true, ready: false })
    await other.connection.flush()
    assert.deepEqual([await one.hasWriter(), await one.hasReady(), one.hasMet()], [true, false, true])
    // noEcho: a gateway does not take itself for another
    assert.equal(await two.hasWriter(), false)
    two.announce({ writing: false, ready: true })
    two.handOver()
    await other.connection.flush()
    assert.deepEqual([await one.hasWriter(), await one.hasReady()], [false, true])
    // it was sent before the answer
    assert.equal(vacant, 1)
    // somebody asks with a place of a log as the reply
    bus.publish(names.gateway('pbx1', 'ready'), '', { reply: SUBJECT })
    await bus.connection.flush()
    assert.equal(await one.hasReady(), true)
    assert.equal((await storedLog(bus, STREAM)).last, 0)
    two.close()
    await other.connection.flush()
    assert.equal(await one.hasReady(), false)
    one.close()
  })
}
