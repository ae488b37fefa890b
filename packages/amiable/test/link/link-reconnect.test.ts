import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AmiError } from '../../src/errors.ts'
import { backoffPolicy, type ReconnectPolicy, STABLE_AFTER } from '../../src/link/backoff.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { titleOf } from '../../src/wire/message.ts'
import { LinkRig } from '../support/link-rig.ts'
import { Rig } from '../support/rig.ts'

describe('after a lost link', () => {
  test('everything is told in order, and the next link comes after the delay', async () => {
    const rig = new LinkRig()
    rig.inFlight = 3
    const peer = await rig.ready()
    rig.clock.tick(2_000)
    peer.end()
    await settle()
    assert.deepEqual(rig.told, ['connecting', 'ready', 'lost', 'waiting'])
    assert.equal(rig.last('lost')?.rejected, 3)
    assert.equal(rig.last('lost')?.eventsMissing, false)
    assert.equal(rig.last('waiting')?.delay, 100)
    assert.equal(rig.last('waiting')?.attempt, 1)
    rig.clock.tick(99)
    assert.equal(rig.peers.length, 1)
    rig.clock.tick(1)
    assert.equal(rig.peers.length, 2)
    await rig.accept()
    assert.deepEqual(rig.last('ready'), { type: 'ready', epoch: 2, gap: 100, version: '11.0.0', booted: true })
    rig.link.destroy()
  })

  test('the gap is all the time without a login, failed attempts included', async () => {
    const rig = new LinkRig()
    const peer = await rig.ready()
    peer.end()
    await settle()
    rig.clock.tick(100)
    rig.peer.fail('ECONNREFUSED')
    await settle()
    rig.clock.tick(200)
    rig.clock.tick(50)
    await rig.accept()
    assert.equal(rig.last('ready')?.gap, 350)
    rig.link.destroy()
  })

  test('attempts are counted and delays grow, as the policy says', async () => {
    const asked: [number, string][] = []
    const policy: ReconnectPolicy = (attempt, cause) => {
      asked.push([attempt, cause.code])
      return attempt * 10
    }
    const rig = new LinkRig({ policy })
    rig.link.connect()
    for (let i = 1; i <= 5; i++) {
      rig.peer.fail('ECONNREFUSED')
      await settle()
      assert.equal(rig.last('waiting')?.delay, i * 10)
      assert.equal(rig.last('connecting')?.attempt, i)
      rig.clock.tick(i * 10)
    }
    assert.deepEqual(
      asked,
      [1, 2, 3, 4, 5].map((i) => [i, 'AMI_CONNECT']),
    )
    assert.equal(rig.last('connecting')?.attempt, 6)
    rig.link.destroy()
  })

  test('a policy that says false ends the client with what it gave up over', async () => {
    const rig = new LinkRig({ policy: (attempt) => (attempt < 2 ? 0 : false) })
    rig.link.connect()
    rig.peer.fail('ECONNREFUSED')
    await settle()
    rig.clock.tick(0)
    rig.peer.fail('ECONNREFUSED')
    await settle()
    assert.equal(rig.link.state, 'closed')
    assert.equal(rig.reasons.length, 1)
    assert.equal(rig.reasons[0]?.by, 'failed')
    assert.equal((rig.reasons[0]?.error as AmiError | undefined)?.code, 'AMI_CONNECT')
    assert.equal(rig.clock.pending, 0)
  })

  for (const [how, policy] of [
    [
      'throws',
      () => {
        throw new Error('a bug')
      },
    ],
    ['gives nothing', () => undefined],
    ['gives no number', () => 'soon'],
    ['gives NaN', () => Number.NaN],
    ['gives a negative delay', () => -1],
    ['gives a promise', async () => 5],
    ['gives true', () => true],
  ] as const) {
    test(`a policy that ${how} falls back to the default`, async () => {
      const rig = new LinkRig({ policy: policy as unknown as ReconnectPolicy })
      rig.link.connect()
      rig.peer.fail('ECONNREFUSED')
      await settle()
      assert.equal(rig.link.state, 'waiting')
      assert.equal(rig.last('waiting')?.delay, 100)
      rig.link.destroy()
    })
  }

  test('a delay that no timer can hold does not become none', async () => {
    for (const delay of [Number.POSITIVE_INFINITY, 1e12, 2_147_483_648]) {
      await using rig = new Rig({ reconnect: () => delay })
      void rig.client.connect()
      rig.peer.fail('ECONNREFUSED')
      await settle()
      assert.equal(rig.last('waiting')?.delay, delay)
      // a longer one makes Node's timer fire at once (TIMEOUT_MAX)
      assert.ok((rig.clock.next ?? 0) <= 2_147_483_647, `${rig.clock.next}`)
      rig.clock.tick(2_147_483_647)
      assert.equal(rig.client.state, 'waiting')
    }
  })

  test('the attempts are counted anew once a link was stable, and not before', async () => {
    for (const [lasted, attempt] of [
      [STABLE_AFTER - 1, 3],
      [STABLE_AFTER, 1],
    ] as const) {
      const rig = new LinkRig()
      rig.link.connect()
      for (const delay of [100, 200]) {
        rig.peer.fail('ECONNREFUSED')
        await settle()
        rig.clock.tick(delay)
      }
      await rig.accept()
      rig.clock.tick(lasted)
      rig.peer.end()
      await settle()
      assert.equal(rig.last('waiting')?.attempt, attempt, `after ${lasted} ms`)
      rig.link.destroy()
    }
  })

  test('it goes on for as many links as it takes', async () => {
    const rig = new LinkRig({ policy: () => 7 })
    await rig.ready()
    for (let i = 2; i <= 30; i++) {
      rig.peer.end()
      await settle()
      rig.clock.tick(7)
      await rig.accept()
      assert.deepEqual(rig.last('ready'), { type: 'ready', epoch: i, gap: 7, version: '11.0.0', booted: true })
    }
    assert.equal(rig.clock.pending, 1)
    rig.link.destroy()
    assert.equal(rig.clock.pending, 0)
  })
})

describe('a refused login', () => {
  const refuse = async (rig: LinkRig) => {
    await settle()
    rig.peer.send('Asterisk Call Manager/11.0.0\r\n')
    rig.peer.reply(await rig.peer.next(), 'Success', 'Challenge: 1')
    rig.peer.reply(await rig.peer.next(), 'Error', 'Message: Authentication failed')
    await settle()
  }

  test('after one that worked is tried again three times, each later than the one before', async () => {
    const rig = new LinkRig()
    const peer = await rig.ready()
    peer.end()
    await settle()
    rig.clock.tick(100)
    for (const delay of [6_000, 12_000, 24_000]) {
      await refuse(rig)
      const error = rig.last('lost')?.error
      assert.deepEqual([error?.code, error?.retryable, rig.last('waiting')?.delay], ['AMI_AUTH', true, delay])
      rig.clock.tick(delay)
    }
    await refuse(rig)
    assert.deepEqual([rig.link.state, rig.last('lost')?.error.retryable], ['closed', false])
    assert.equal(rig.reasons[0]?.error, rig.last('lost')?.error)
    assert.equal(rig.clock.pending, 0)
  })

  test('for twenty seconds after one that worked ends no client, however the delays fall', async () => {
    const rig = new LinkRig({ policy: backoffPolicy({}, () => 1) })
    const peer = await rig.ready()
    peer.end()
    await settle()
    const lost = rig.clock.elapsed()
    for (;;) {
      rig.clock.tick(rig.last('waiting')?.delay ?? 0)
      if (rig.clock.elapsed() - lost >= 20_000) break
      await refuse(rig)
      assert.equal(rig.link.state, 'waiting')
    }
    await rig.accept()
    assert.equal(rig.link.state, 'ready')
  })

  test('counts anew once a login worked', async () => {
    const rig = new LinkRig()
    await rig.ready()
    for (let round = 0; round < 3; round++) {
      rig.peer.end()
      await settle()
      rig.clock.tick(rig.last('waiting')?.delay ?? 0)
      for (let i = 0; i < 3; i++) {
        await refuse(rig)
        rig.clock.tick(rig.last('waiting')?.delay ?? 0)
      }
      await rig.accept()
      assert.equal(rig.link.state, 'ready')
      // long enough for the attempts to be counted anew
      rig.clock.tick(STABLE_AFTER)
    }
    rig.link.destroy()
  })

  test('is final where none worked before', async () => {
    const rig = new LinkRig()
    rig.link.connect()
    await refuse(rig)
    assert.equal(rig.link.state, 'closed')
  })
})

describe('what was lost', () => {
  for (const code of ['ECONNRESET', 'ETIMEDOUT']) {
    test(`may be events, after ${code}`, async () => {
      const rig = new LinkRig()
      const peer = await rig.ready()
      peer.fail(code)
      await settle()
      assert.equal(rig.last('lost')?.eventsMissing, true)
      rig.link.destroy()
    })
  }

  test('may be events, when a message had begun', async () => {
    const rig = new LinkRig()
    const peer = await rig.ready()
    peer.send('Event: Hang')
    peer.end()
    await settle()
    assert.equal(rig.last('lost')?.eventsMissing, true)
    rig.link.destroy()
  })

  test('is nothing, when there never was a login', async () => {
    const rig = new LinkRig()
    rig.link.connect()
    await settle()
    rig.peer.fail('ECONNRESET')
    await settle()
    assert.equal(rig.last('lost')?.eventsMissing, false)
    rig.link.destroy()
  })

  test('is told with what the server said of its own end, and only for that link', async () => {
    const rig = new LinkRig()
    const peer = await rig.ready()
    rig.link.shutdownReason = 'Shutdown Cleanly, to restart'
    peer.end()
    await settle()
    assert.match(rig.last('lost')?.error.message ?? '', /Shutdown Cleanly, to restart/)
    rig.clock.tick(100)
    await rig.accept()
    rig.peer.end()
    await settle()
    assert.doesNotMatch(rig.last('lost')?.error.message ?? '', /Shutdown/)
    rig.link.destroy()
  })
})

describe('a dead peer', () => {
  test('is found by a Ping that nobody answers', async () => {
    const rig = new LinkRig()
    await rig.ready()
    rig.clock.tick(15_000)
    await settle()
    assert.equal(rig.peer.actions.at(-1)?.name, 'Ping')
    rig.clock.tick(5_000)
    assert.equal(rig.link.state, 'waiting')
    assert.match(rig.last('lost')?.error.message ?? '', /silent for 20000 ms/)
    assert.equal(rig.last('lost')?.eventsMissing, true, 'nobody knows what happened since it was last heard')
    rig.link.destroy()
  })

  test('is not one that answers, for hours', async () => {
    const rig = new LinkRig()
    const peer = await rig.ready()
    for (let i = 0; i < 500; i++) {
      rig.clock.tick(15_000)
      await settle()
      peer.reply(peer.actions.at(-1) as never)
    }
    assert.equal(rig.link.state, 'ready')
    assert.equal(peer.actions.length, 502)
    rig.link.destroy()
  })

  test('is not one that an action keeps busy', async () => {
    const rig = new LinkRig()
    await rig.ready()
    rig.blockedUntil = rig.clock.now() + 60_000
    rig.clock.tick(64_999)
    assert.equal(rig.link.state, 'ready')
    rig.clock.tick(1)
    assert.equal(rig.link.state, 'waiting')
    rig.link.destroy()
  })

  test('is not asked while there is no login', async () => {
    const rig = new LinkRig({ policy: () => 1_000_000 })
    const peer = await rig.ready()
    peer.end()
    await settle()
    rig.log.length = 0
    rig.clock.tick(999_999)
    assert.deepEqual(rig.log, [])
    rig.link.destroy()
  })
})

describe('an older socket', () => {
  test('is taken down, and nothing that it says is heard', async () => {
    const rig = new LinkRig()
    const old = await rig.ready()
    rig.clock.tick(20_000)
    assert.equal(rig.link.state, 'waiting')
    assert.equal(old.down, true)
    rig.clock.tick(100)
    await rig.accept()
    rig.log.length = 0
    old.socket.emit('data', Buffer.from('Event: Ghost\r\n\r\n'))
    old.socket.emit('end')
    old.socket.emit('error', new Error('late'))
    old.socket.emit('close')
    await settle()
    assert.deepEqual(rig.log, [])
    assert.equal(rig.link.state, 'ready')
    rig.link.destroy()
  })

  test('says nothing more from the middle of a chunk on in which the client gave it up', async () => {
    const rig = new LinkRig()
    const peer = await rig.ready()
    rig.messages.length = 0
    rig.onMessage = () => rig.link.destroy()
    peer.send('Event: A\r\n\r\nEvent: B\r\n\r\nEvent: C\r\n\r\n')
    await settle()
    assert.deepEqual(rig.messages.map(titleOf), ['A'])
  })

  test('leaves its bytes in the counts', async () => {
    const rig = new LinkRig()
    const peer = await rig.ready()
    const read = rig.link.bytesRead
    const written = rig.link.bytesWritten
    assert.equal(written, peer.raw.length)
    peer.end()
    await settle()
    assert.deepEqual([rig.link.bytesRead, rig.link.bytesWritten], [read, written])
    rig.clock.tick(100)
    await rig.accept()
    assert.deepEqual([rig.link.bytesRead, rig.link.bytesWritten], [2 * read, 2 * written])
    rig.link.destroy()
  })
})
