// Events that nobody reads are passed over in the bytes. They are counted all the same, and nothing of them is missed.
import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, test } from 'node:test'
import { Core } from '../../../src/client/core.ts'
import type { ClientOptions } from '../../../src/client/options.ts'
import { ManualClock } from '../../../src/testing/time/manual-clock.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import type { Clock } from '../../../src/util/clock.ts'
import { Scanner } from '../../../src/wire/scanner.ts'
import { Rig, readyRig } from '../../support/rig.ts'
import { nothingToScanWith } from '../../support/scan.ts'

// names that no server has
const A: string = 'A'
const B: string = 'B'
const event = (title: string, n: number | string = 0, more = '') => `Event: ${title}\r\n${more}N: ${n}\r\n\r\n`

/** A client that listens to `B` and has passed events `A` over, and what it heard. */
async function passing(options: Partial<ClientOptions> = {}): Promise<{ rig: Rig; heard: number[]; passed(): number }> {
  const rig = await readyRig(options)
  const heard: number[] = []
  rig.client.on(B, ({ serial }) => void heard.push(serial))
  const { next } = Scanner.prototype
  let passed = 0
  Scanner.prototype.next = function counting(): boolean {
    const more = next.call(this)
    passed += this.passed
    return more
  }
  // the first is learnt, the second is known and nobody reads it
  for (let n = 0; n < 3; n++) {
    rig.peer.send(event('A', n) + event('B', n))
    await settle()
  }
  assert.ok(passed > 0, 'none was passed over')
  const restore = () => {
    Scanner.prototype.next = next
  }
  const dispose = rig[Symbol.asyncDispose].bind(rig)
  rig[Symbol.asyncDispose] = async () => {
    restore()
    await dispose()
  }
  return { rig, heard, passed: () => passed }
}

describe('events that nobody reads', nothingToScanWith, () => {
  test('have numbers, and are counted', async () => {
    const { rig, heard } = await passing()
    await using _ = rig
    const [first = 0] = heard
    assert.deepEqual(heard, [first, first + 2, first + 4])
    const { events, delivered } = rig.client.stats()
    rig.peer.send(event('A') + event('A') + event('B') + event('A'))
    await settle()
    assert.equal(heard.at(-1), first + 7)
    const after = rig.client.stats()
    assert.deepEqual([after.events - events, after.delivered - delivered], [4, 1])
  })

  test('are heard from the next one on by a listener that comes, and no longer when it goes', async () => {
    const { rig, passed } = await passing()
    await using _ = rig
    const before = passed()
    const seen: unknown[] = []
    const listener = rig.client.on(A, (one) => void seen.push(one.get('N')))
    rig.peer.send(event('A', 'now') + event('A', 'then'))
    await settle()
    assert.deepEqual([seen, passed()], [['now', 'then'], before])
    listener.remove()
    for (let n = 0; n < 3; n++) rig.peer.send(event('A') + event('B'))
    await settle()
    assert.deepEqual([seen.length, passed() > before], [2, true])
  })

  test('are rows of a list that is asked for', async () => {
    const { rig } = await passing()
    await using _ = rig
    const rows = rig.client.sendRaw('As', {})
    const { id: actionId } = await rig.peer.next()
    const id = `ActionID: ${actionId}\r\n`
    rig.peer.send(event('A'))
    rig.peer.send(
      `Response: Success\r\n${id}EventList: start\r\nMessage: follows\r\n\r\n` +
        event('A', 'row', id) +
        event('A') +
        `Event: AsComplete\r\n${id}EventList: Complete\r\nListItems: 1\r\n\r\n`,
    )
    const { events } = await rows
    assert.deepEqual(
      events.map((one) => one.get('N')),
      ['row'],
    )
  })

  test('are told to those who watch a diagnostics channel', async () => {
    const { rig, passed } = await passing()
    await using _ = rig
    const before = passed()
    const told: unknown[] = []
    const tell = (message: unknown) => void told.push((message as { event: string }).event)
    subscribe('ami:event', tell)
    try {
      rig.peer.send(event('A') + event('B'))
      await settle()
    } finally {
      unsubscribe('ami:event', tell)
    }
    assert.deepEqual([told, passed()], [['A', 'B'], before])
  })

  test('are told of where they are past a limit', async () => {
    const { rig } = await passing({ limits: { line: 1_000 } })
    await using _ = rig
    const { faults } = rig.client.stats()
    rig.peer.send(event('A', 'x'.repeat(2_000)) + event('B'))
    await settle()
    assert.equal(rig.client.stats().faults, faults + 1)
  })

  test('are heard behind a fault by a listener that came as it was told, and not counted behind an end', async () => {
    const long = event('B', 'x'.repeat(200))
    for (const what of ['listen', 'watch', 'end'] as const) {
      const { rig } = await passing({ limits: { line: 100 } })
      await using _ = rig
      const seen: unknown[] = []
      const tell = (message: unknown) => void seen.push((message as { event: string }).event)
      const told = () => {
        if (what === 'listen') rig.client.on(A, (one) => void seen.push(one.get('N')))
        else if (what === 'watch') subscribe('ami:event', tell)
        else rig.client.destroy()
      }
      const { events } = rig.client.stats()
      subscribe('ami:drop', told)
      try {
        rig.peer.send(event('A') + long + event('A', 'now') + event('B') + event('A', 'then'))
        await settle()
      } finally {
        unsubscribe('ami:drop', told)
        unsubscribe('ami:event', tell)
      }
      const [heard, count] = { listen: [['now', 'then'], 4], watch: [['A', 'B', 'A'], 4], end: [[], 1] }[what]
      assert.deepEqual([seen, rig.client.stats().events - events], [heard, count], what)
    }
  })

  test('are heard behind FullyBooted by a listener that the clock brought', async () => {
    await using other = await readyRig()
    for (let n = 0; n < 3; n++) {
      other.peer.fullyBooted()
      await settle()
    }
    const manual = new ManualClock()
    const asked: (() => void)[] = []
    const clock: Clock = {
      now: () => manual.now(),
      elapsed: () => {
        asked.shift()?.()
        return manual.elapsed()
      },
      setTimeout: (callback, delay) => manual.setTimeout(callback, delay),
      clearTimeout: (timer) => manual.clearTimeout(timer),
    }
    await using rig = new Rig({ clock })
    void rig.client.connect()
    const peer = await rig.nextPeer()
    await peer.acceptWhileBooting()
    // by the answers to these the server has booted: an account without the right to `system` is told no more
    for (const lines of [['Command: '], ['Output: Asterisk 22.0.0']]) peer.reply(await peer.next(), 'Success', ...lines)
    for (let n = 0; n < 3; n++) {
      peer.send(event('A') + event('B'))
      await settle()
    }
    const seen: unknown[] = []
    // the first question is of when the bytes came
    asked.push(
      () => {},
      () => rig.client.on(A, (one) => void seen.push(one.get('N'))),
    )
    const boots =
      'Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 9\r\nLastReload: 9\r\nStatus: Fully Booted\r\n\r\n'
    peer.send(event('A', 'before') + boots + event('A', 'now') + event('A', 'then'))
    await settle()
    assert.deepEqual(seen, ['now', 'then'])
  })

  test('of one client are not those of another that is read beside it', async () => {
    const { rig, heard } = await passing()
    await using _ = rig
    await using other = await readyRig()
    const seen: unknown[] = []
    other.client.on(A, (one) => void seen.push(one.get('N')))
    for (let n = 0; n < 3; n++) {
      rig.peer.send(event('A', n) + event('B', n))
      other.peer.send(event('A', n) + event('B', n))
      await settle()
    }
    assert.deepEqual([seen, heard.length], [['0', '1', '2'], 6])
  })

  test('are not asked about for each chunk where two clients are read in turns', async () => {
    const { rig, passed } = await passing()
    await using _ = rig
    await using other = await readyRig()
    other.client.on(A, () => {})
    const { reads } = Core.prototype
    let asked = 0
    Core.prototype.reads = function counting(title) {
      asked++
      return reads.call(this, title)
    }
    const before = passed()
    try {
      for (let n = 0; n < 5; n++) {
        other.peer.send(event('A') + event('B'))
        rig.peer.send(event('A') + event('B'))
        await settle()
      }
    } finally {
      Core.prototype.reads = reads
    }
    assert.deepEqual([asked, passed()], [0, before])
    for (let n = 0; n < 3; n++) rig.peer.send(event('A') + event('B'))
    await settle()
    assert.ok(passed() > before)
  })

  test('say that a server shuts down, though nobody listens to that', async () => {
    const ends = 'Event: Shutdown\r\nPrivilege: system,all\r\nShutdown: Cleanly\r\nRestart: True\r\n\r\n'
    await using first = await readyRig()
    for (let n = 0; n < 3; n++) {
      first.peer.send(ends)
      await settle()
    }
    await using rig = await readyRig()
    rig.peer.send(ends)
    await settle()
    rig.peer.end()
    await settle()
    assert.match(rig.last('lost')?.error.message ?? '', /after the server said/)
  })
})
