// A hurried tester: what `amiable/testing` does when it is used twice, too late, or with functions that throw.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { connect } from 'amiable'
import {
  importRecording,
  ManualClock,
  readEvents,
  record,
  replay,
  scheduleFaults,
  startProxy,
  startServer,
} from 'amiable/testing'
import { FROM_SOURCES } from '../../../tools/testbed/child.ts'

const account = { host: '127.0.0.1', username: 'frank', secret: 'lean' }
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

describe('too late', () => {
  test('whatever waits for a server that has closed rejects, and the rest does nothing', async () => {
    const server = await startServer()
    const waiting = [server.waitFor('Ping'), server.waitForLogin()]
    const settled = Promise.allSettled(waiting)
    await Promise.all([server.close(), server.close()])
    for (const { status, ...result } of await settled) {
      assert.equal(status, 'rejected')
      assert.equal((result as { reason: { code: string } }).reason.code, 'AMI_CLOSED')
    }
    const closed = { code: 'AMI_CLOSED', message: /the simulated server closed before/ }
    await assert.rejects(server.waitFor('Ping', { A: /x/ }), closed)
    await assert.rejects(server.waitForLogin(), closed)
    server.emit('Hangup')
    server.disconnect()
    server.faults.reset()
    await Promise.all([server.flushed(), server.boot(), server.restart(), server.shutdown()])
    assert.equal(server.faults.over, true)
    assert.deepEqual(server.sessions, [])
  })

  test('a replay that is closed before its end says how much it sent, and sets no timer any more', async () => {
    const capture = importRecording('Event: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/1\r\n\r\n')
    const unheard = await replay(capture)
    await unheard.close()
    assert.equal(await unheard.done, 0)
    const folder = await mkdtemp(`${tmpdir()}/hurried-`)
    try {
      // an hour between two events
      let now = 0
      await using server = await startServer({ users: { frank: 'lean' } })
      await using ami = await connect({ ...account, port: server.port, keepalive: false })
      const recording = record(ami, `${folder}/a.jsonl`, { now: () => now })
      for (const time of [0, 3_600_000]) {
        now = time
        server.emit('Hangup', { Channel: `PJSIP/${time}` })
        await ami.send('Ping')
      }
      await Promise.all([recording.stop(), recording.stop()])
      assert.equal((await readEvents(`${folder}/a.jsonl`).toArray()).length, 2)
      const before = timers()
      const slow = await replay(`${folder}/a.jsonl`, { speed: 1, begin: 'manual' })
      slow.start()
      slow.start()
      while (slow.sent === 0) await turn()
      await slow.close()
      assert.equal(await slow.done, 1)
      assert.equal(timers(), before)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('a schedule that nobody stops ends with its server', async () => {
    const clock = new ManualClock()
    const server = await startServer({ clock })
    const schedule = scheduleFaults(server, { every: [10, 10], lasting: [5, 5], verbs: ['drop'] })
    await clock.advance(25)
    assert.equal(schedule.log.length, 2)
    await server.close()
    await clock.advance(100)
    assert.deepEqual([schedule.log.length, clock.pending], [2, 0])
  })
})

describe('twice', () => {
  test('a server listens once, and restarts once at a time', async () => {
    await using server = await startServer({ users: { frank: 'lean' } })
    await server.listen()
    await Promise.all([server.restart(), server.restart()])
    await using ami = await connect({ ...account, port: server.port })
    assert.equal(ami.state, 'ready')
  })

  test('a proxy closes twice', async () => {
    const proxy = await startProxy({ target: { port: 1 } })
    await Promise.all([proxy.close(), proxy.close()])
  })

  test('a clock that is moved twice at once does not go back', async () => {
    const clock = new ManualClock(0)
    clock.setTimeout(() => clock.tick(500), 10)
    await Promise.all([clock.advance(100), clock.advance(50)])
    assert.equal(clock.now(), 510)
  })
})

test('a handler that throws is uncaught, its action is refused, and its session goes on', async () => {
  const child = new URL('children/throwing-handlers.ts', import.meta.url).pathname
  const { stdout } = await promisify(execFile)(process.execPath, [...FROM_SOURCES, child])
  const { got, uncaught, waited } = JSON.parse(stdout)
  const names = ['Throws', 'Rejects', 'Number', 'Null', 'Object']
  assert.deepEqual(
    got,
    names.map((name) => `The handler of ${name} failed.`),
  )
  assert.deepEqual(uncaught, [
    'thrown',
    'rejected',
    'reply must be an object of headers, or a list of pairs, got the number 5',
    'reply must be an object of headers, or a list of pairs, got null',
    'A must be a string, a number or a boolean',
  ])
  assert.equal(waited, 'match')
})
