import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'
import { queryOf, Stream, type Watcher, type World } from '../../../src/page/store/stream.ts'
import type { Frames, Snapshot } from '../../../src/protocol/view.ts'

/** An EventSource in the hands of a test. */
class Source extends EventTarget {
  readonly path: string
  readyState = 0

  constructor(path: string) {
    super()
    this.path = path
  }

  close(): void {
    this.readyState = 2
  }

  /** Opens, as a wallboard does it: with a beat. */
  open(): void {
    this.head()
    this.say('beat', { now: 1 })
  }

  /** Opens, and says nothing. */
  head(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }

  say<N extends keyof Frames>(name: N, data: Frames[N], lastEventId = ''): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data), lastEventId }))
  }

  fail(): void {
    this.dispatchEvent(new Event('error'))
  }
}

class Scene {
  readonly fetched: string[] = []
  readonly sources: Source[] = []
  readonly said: string[] = []
  status = 200
  type = 'application/json'
  revision = 1
  /** Whether requests go nowhere. */
  isLost = false
  /** What comes instead of a snapshot. */
  body: ReadableStream | undefined
  hanging = 0
  readonly stream: Stream

  constructor() {
    const say = (text: string) => void this.said.push(text)
    const watcher: Watcher = {
      snapshot: ({ revision }) => say(`snapshot ${revision}`),
      patch: (_patch, revision) => say(`patch ${revision}`),
      beat: () => {},
      outcome: ({ id }) => say(`outcome ${id}`),
      reachable: (why) => say(why ?? 'there'),
      rights: () => say('rights'),
      refused: (status) => say(`refused ${status}`),
    }
    const world: World = {
      fetch: async (path, signal) => {
        this.fetched.push(path)
        if (this.isLost) await this.#hang(signal)
        if (this.status === 0) throw new TypeError('network')
        return new Response(this.body ?? JSON.stringify({ revision: String(this.revision), now: 1 } as Snapshot), {
          status: this.status,
          headers: { 'content-type': this.type },
        })
      },
      open: (path) => {
        const source = new Source(path)
        this.sources.push(source)
        return source as unknown as EventSource
      },
      random: () => 0.5,
    }
    this.stream = new Stream({ page: 'queues' }, watcher, world)
  }

  #hang(signal: AbortSignal): Promise<never> {
    this.hanging++
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        this.hanging--
        reject(signal.reason)
      }),
    )
  }

  get last(): Source {
    return this.sources.at(-1) as Source
  }
}

/** Lets promises go on that wait for nothing else. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
}

describe('a stream', () => {
  let scene: Scene
  beforeEach(async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] })
    scene = new Scene()
    await settle()
  })
  afterEach(() => {
    scene.stream.close()
    mock.timers.reset()
  })

  test('begins with a snapshot, and goes on from its revision', () => {
    assert.deepEqual(scene.fetched, ['/api/view?page=queues'])
    assert.equal(scene.last.path, '/api/stream?page=queues&from=1')
    scene.last.open()
    scene.last.say('patch', [], '2')
    assert.deepEqual(scene.said, ['snapshot 1', 'there', 'there', 'patch 2'])
  })

  test('of somebody who looks in too many windows says so, and tries again after ten seconds', async () => {
    scene.last.open()
    scene.status = 429
    scene.last.fail()
    mock.timers.tick(1_500)
    await settle()
    scene.last.fail()
    mock.timers.tick(1_500)
    await settle()
    assert.deepEqual(scene.said.slice(-3), ['away', 'away', 'full'])
    const asked = scene.fetched.length
    mock.timers.tick(9_999)
    await settle()
    assert.equal(scene.fetched.length, asked)
    scene.status = 200
    mock.timers.tick(1)
    await settle()
    scene.last.open()
    assert.equal(scene.said.at(-1), 'there')
  })

  test('is doubted after a sleep, and goes on from its revision; one that is given back is not known to be true', async () => {
    scene.last.open()
    scene.last.say('patch', [], '7')
    const before = scene.last
    scene.stream.doubt()
    assert.equal(scene.said.at(-1), 'asleep')
    assert.equal(before.readyState, 2)
    assert.equal(scene.last.path, '/api/stream?page=queues&from=7')
    scene.last.open()
    assert.equal(scene.said.at(-1), 'there')
    scene.stream.pause()
    assert.equal(scene.said.at(-1), 'asleep')
    const opened = scene.sources.length
    scene.stream.doubt()
    assert.equal(scene.sources.length, opened)
    scene.stream.wake()
    scene.last.open()
    assert.equal(scene.said.at(-1), 'there')
  })

  test('that is cut goes on where it was, without another snapshot', async () => {
    scene.last.open()
    scene.last.say('patch', [], '7')
    scene.last.fail()
    assert.equal(scene.said.at(-1), 'away')
    mock.timers.tick(1_500)
    await settle()
    assert.equal(scene.fetched.length, 1)
    assert.equal(scene.last.path, '/api/stream?page=queues&from=7')
    assert.equal(scene.sources.length, 2)
  })

  test('that fails again takes all of it anew, from a server that may be another one', async () => {
    scene.last.open()
    scene.last.fail()
    mock.timers.tick(1_500)
    await settle()
    scene.last.fail()
    scene.revision = 900
    mock.timers.tick(1_500)
    await settle()
    assert.equal(scene.fetched.length, 2)
    assert.equal(scene.last.path, '/api/stream?page=queues&from=900')
  })

  test('whose head comes without a message, as from a proxy that keeps it, is not known to be true', async () => {
    scene.last.head()
    assert.deepEqual(scene.said, ['snapshot 1'])
    for (let round = 2; round < 6; round++) {
      scene.revision = round
      mock.timers.tick(11_000)
      mock.timers.tick(1_500)
      await settle()
      scene.last.head()
    }
    // and what is shown is taken anew again and again
    assert.deepEqual(scene.said.slice(-2), ['away', 'snapshot 5'])
    assert.ok(!scene.said.includes('there'))
  })

  test('whose beats come ever later is behind, and all of it is taken anew', async () => {
    scene.last.open()
    scene.last.say('beat', { now: 30_000 })
    scene.last.say('beat', { now: 20_000 })
    assert.equal(scene.said.at(-1), 'there')
    scene.revision = 9
    scene.last.say('beat', { now: 18_000 })
    assert.equal(scene.said.at(-1), 'asleep')
    mock.timers.tick(1_500)
    await settle()
    assert.equal(scene.said.at(-1), 'snapshot 9')
    // also where the server's clock was set back
    scene.last.open()
    assert.equal(scene.said.at(-1), 'there')
  })

  test('whose snapshot comes slowly takes it, and what was shown is dated meanwhile', async (t) => {
    let give: ReadableStreamDefaultController | undefined
    const body = new ReadableStream({
      start: (controller) => {
        give = controller
      },
    })
    Object.assign(scene, { body })
    scene.last.open()
    scene.last.say('reset', { why: 'slow' })
    await settle()
    scene.said.length = 0
    let now = performance.now()
    t.mock.method(performance, 'now', () => now)
    for (const text of ['{"revision":"6"', ',"now":', '1', '}']) {
      now += 5_000
      mock.timers.tick(5_000)
      give?.enqueue(new TextEncoder().encode(text))
      await settle()
    }
    give?.close()
    for (let turn = 0; scene.said.at(-1) !== 'snapshot 6' && turn < 1_000; turn++) await new Promise(setImmediate)
    assert.deepEqual(scene.said, ['asleep', 'asleep', 'snapshot 6'])
  })

  test('that a proxy refuses in the place of a wallboard that is away is asked for again', async () => {
    for (const status of [401, 403, 404]) {
      Object.assign(scene, { status, type: 'text/html' })
      scene.last.say('reset', { why: 'slow' })
      await settle()
      assert.equal(scene.said.at(-1), 'away')
      Object.assign(scene, { status: 200, type: 'application/json' })
      mock.timers.tick(1_500)
      await settle()
      assert.equal(scene.said.at(-1), 'snapshot 1')
    }
  })

  test('of a board that is not there is asked for again after ten seconds', async () => {
    scene.status = 404
    scene.last.say('reset', { why: 'slow' })
    await settle()
    assert.equal(scene.said.at(-1), 'refused 404')
    scene.status = 200
    mock.timers.tick(10_000)
    await settle()
    assert.equal(scene.said.at(-1), 'snapshot 1')
  })

  test('that is reset takes a snapshot at once', async () => {
    scene.last.open()
    scene.revision = 40
    scene.last.say('reset', { why: 'slow' })
    await settle()
    assert.deepEqual(scene.said.slice(-1), ['snapshot 40'])
    assert.equal(scene.sources.length, 2)
    assert.equal(scene.sources[0]?.readyState, 2)
  })

  test('whose rights have changed asks who one is, and nothing else', async () => {
    scene.last.say('reset', { why: 'rights' })
    mock.timers.tick(60_000)
    await settle()
    assert.equal(scene.said.at(-1), 'rights')
    assert.equal(scene.sources.length, 1)
  })

  test('without a beat for eleven seconds is dead', async () => {
    scene.last.open()
    mock.timers.tick(10_000)
    scene.last.say('beat', { now: 2 })
    mock.timers.tick(10_900)
    assert.notEqual(scene.said.at(-1), 'away')
    mock.timers.tick(200)
    assert.equal(scene.said.at(-1), 'away')
    mock.timers.tick(1_500)
    await settle()
    assert.equal(scene.sources.length, 2)
  })

  test('whose requests nobody answers asks again and again, and is there as soon as one is answered', async () => {
    scene.last.open()
    scene.isLost = true
    mock.timers.tick(11_100)
    assert.equal(scene.said.at(-1), 'away')
    // the stream that it tries opens for nobody; then it asks for all of it
    for (let second = 0; second < 30; second++) {
      mock.timers.tick(1_000)
      await settle()
    }
    assert.ok(scene.fetched.length >= 4, `${scene.fetched.length} in 30 seconds`)
    assert.equal(scene.said.at(-1), 'away')
    scene.isLost = false
    scene.revision = 5
    for (let second = 0; second < 7; second++) {
      mock.timers.tick(1_000)
      await settle()
    }
    assert.equal(scene.said.at(-1), 'snapshot 5')
    scene.last.open()
    assert.equal(scene.said.at(-1), 'there')
    assert.equal(scene.hanging, 0)
  })

  test('that somebody wakes while a request hangs has one stream, and the request is given up', async () => {
    scene.isLost = true
    scene.last.say('reset', { why: 'slow' })
    await settle()
    assert.equal(scene.hanging, 1)
    scene.isLost = false
    scene.stream.wake()
    await settle()
    scene.last.open()
    mock.timers.tick(10_000)
    await settle()
    assert.equal(scene.said.at(-1), 'there')
    assert.deepEqual([scene.hanging, scene.sources.length], [0, 2])
  })

  test('that nobody may see is not asked for again', async () => {
    scene.status = 401
    scene.last.say('reset', { why: 'slow' })
    await settle()
    const asked = scene.fetched.length
    mock.timers.tick(60_000)
    await settle()
    assert.equal(scene.said.at(-1), 'rights')
    assert.equal(scene.fetched.length, asked)
  })

  test('asks at once when somebody looks again, and not where it is well', async () => {
    scene.last.open()
    scene.stream.wake()
    assert.equal(scene.sources.length, 1)
    scene.status = 0
    scene.last.fail()
    mock.timers.tick(1_500)
    await settle()
    scene.status = 200
    scene.stream.wake()
    await settle()
    assert.equal(scene.last.path, '/api/stream?page=queues&from=1')
  })

  test('that nobody looks at gives its connection back', async () => {
    scene.last.open()
    scene.stream.pause()
    assert.equal(scene.last.readyState, 2)
    mock.timers.tick(60_000)
    await settle()
    assert.equal(scene.sources.length, 1)
    scene.stream.wake()
    await settle()
    assert.equal(scene.sources.length, 2)
  })

  test('what comes late over one that was left is not heard', () => {
    const [first] = scene.sources
    scene.stream.close()
    first?.say('patch', [], '99')
    assert.ok(!scene.said.includes('patch 99'))
  })
})

test('the same view has the same address', () => {
  assert.equal(queryOf({ window: '15', page: 'queues' }), queryOf({ page: 'queues', window: '15' }))
  assert.equal(queryOf({ page: 'queues', servers: '' }), 'page=queues')
})
