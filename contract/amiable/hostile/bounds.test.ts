// What a server can make a client hold, in a process that has little memory: it dies where a bound does not bound.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../../../tools/testbed/child.ts'
import { lines, type Play, PlayedServer, type PlayedSession } from '../../../tools/testbed/played-server.ts'

const MEBI = 1_048_576
const HELD = 64 * MEBI
// hundreds of megabytes go by, on a machine that may be busy
const PATIENCE = 240_000
const program = fileURLToPath(new URL('children/little-memory.ts', import.meta.url))

type Figures = Readonly<Record<string, number | string | boolean | undefined>>

/** Runs a case of the program against a server, and returns the figures that it prints. */
async function child(what: string, play: Play, size = 192): Promise<Figures> {
  await using server = await PlayedServer.start(play)
  const { code, output } = await runProgram(program, {
    args: [what, String(server.port)],
    flags: ['--expose-gc', `--max-old-space-size=${size}`],
    most: PATIENCE,
  })
  assert.equal(code, 0, `${what}: ${output.slice(0, 2_000)}`)
  const { after = 0, ...figures } = JSON.parse(output) as Figures
  assert.equal(after, 0)
  return figures
}

/** Writes one piece after another, as fast as they are read. */
function pour({ socket }: PlayedSession, pieces: Iterator<string>): void {
  const write = () => {
    while (!socket.destroyed) {
      const { value, done } = pieces.next()
      if (done === true) return
      if (!socket.write(value, 'latin1')) {
        socket.once('drain', write)
        return
      }
    }
  }
  write()
}

function* times(count: number, piece: (n: number) => string): Generator<string> {
  for (let n = 0; n < count; n++) yield piece(n)
}

/** What pours for an action, behind a Response. */
function pouring(pieces: (id: string) => Iterator<string>, ...response: string[]): Play {
  return ({ name, id }, session) => {
    if (name !== 'Pour' && name !== 'Status') return undefined
    session.say(lines('Response: Success', `ActionID: ${id}`, ...response))
    pour(session, pieces(id))
    return ''
  }
}

const rowsOf = (count: number, bytes: number): Play => {
  const text = 'x'.repeat(bytes)
  const row = (id: string) => lines('Event: Status', `ActionID: ${id}`, `Text: ${text}`)
  return pouring((id) => times(count, () => row(id)), 'EventList: start')
}

const eventsOf = (count: number, bytes: number): Play => {
  const text = 'x'.repeat(bytes)
  return pouring(() => times(count + 1, (n) => (n < count ? lines('Event: A', `Text: ${text}`) : lines('Event: Last'))))
}

describe('rows', () => {
  for (const [what, count, bytes, size] of [
    ['of 1 MB', 1_000, 1_000_000, 512],
    ['of 1 KB, fewer than limits.rows', 99_000, 1_000, 192],
  ] as const) {
    test(`${what} that send() collects end it with AMI_LIMIT`, async () => {
      const { code, limit, value, held } = await child('send', rowsOf(count, bytes), size)
      assert.deepEqual({ code, limit, value }, { code: 'AMI_LIMIT', limit: 'limits.held', value: HELD })
      // the message in progress
      assert.ok(Number(held) < bytes + 100, `${held}`)
    })

    test(`${what} that list() keeps for nobody end it with AMI_LIMIT`, async () => {
      const { code, limit, held, most } = await child('list', rowsOf(count, bytes), size)
      assert.deepEqual({ code, limit }, { code: 'AMI_LIMIT', limit: 'limits.held' })
      assert.ok(Number(held) < bytes + 100, `${held}`)
      assert.ok(Number(most) > HELD / 2 && Number(most) <= HELD, `${most}`)
    })
  }
})

test('very short rows of thirty lists at once end one with AMI_LIMIT: a row takes more than its text', async () => {
  const ids: string[] = []
  const rows = (id = '') => lines('Event: Status', `ActionID: ${id}`).repeat(100)
  const end = (id = '') => lines('Event: StatusComplete', `ActionID: ${id}`, 'EventList: Complete')
  const play: Play = ({ name, id }, session) => {
    if (name !== 'Status') return undefined
    session.say(lines('Response: Success', `ActionID: ${id}`, 'EventList: start'))
    if (ids.push(id) < 30) return ''
    const turns = (n: number) => (n < 12_000 ? rows : end)(ids[n % 30])
    pour(session, times(12_030, turns))
    return ''
  }
  const { code, limit, most } = await child('many', play)
  assert.deepEqual({ code, limit }, { code: 'AMI_LIMIT', limit: 'limits.held' })
  assert.ok(Number(most) > HELD / 2 && Number(most) <= HELD, `${most}`)
})

describe('events of 60 KB', () => {
  for (const overflow of ['fail', 'drop-oldest', 'drop-newest']) {
    test(`that wait for a loop that reads nothing, with ${overflow}`, async () => {
      const { code, held, most, dropped } = await child(`loop:${overflow}`, eventsOf(5_000, 60_000))
      assert.equal(code, overflow === 'fail' ? 'AMI_OVERFLOW' : undefined)
      assert.equal(held, 0)
      assert.ok(Number(most) > HELD / 2 && Number(most) <= HELD, `${most}`)
      assert.ok(Number(dropped) > 0)
    })
  }

  test('that wait for listeners which hold up the loop', async () => {
    const { held, most, heard, dropped } = await child('listener', eventsOf(2_000, 60_000))
    assert.equal(held, 0)
    assert.ok(Number(most) <= HELD, `${most}`)
    assert.equal(Number(heard) + Number(dropped), 2_000)
  })
})

describe('calls', () => {
  test('that are given up free their text', async () => {
    const silent: Play = ({ name }) => (name === 'Silent' ? '' : undefined)
    const { aborted, late, held, most } = await child('calls', silent)
    assert.deepEqual({ aborted, late, held }, { aborted: 2_560, late: 2_560, held: 0 })
    assert.ok(Number(most) <= HELD, `${most}`)
  })
})

describe('an answer', () => {
  test('of raw lines without an end', async () => {
    const line = `${'x'.repeat(1_000)}\n`.repeat(64)
    const play: Play = ({ name, id }, session) => {
      if (name !== 'Command') return undefined
      session.say(`Response: Follows\r\nPrivilege: Command\r\nActionID: ${id}\r\n`)
      pour(
        session,
        times(5_000, () => line),
      )
      return ''
    }
    const { code, held, most } = await child('command', play)
    assert.ok(code === 'AMI_LIMIT' || code === 'AMI_LOST', `${code}`)
    assert.ok(Number(held) < 9 * MEBI, `${held}`)
    assert.ok(Number(most) <= HELD, `${most}`)
  })

  test('whose lines are messages of 8 MB', async () => {
    const raw = `${`${'x'.repeat(998)}\r\n`.repeat(8_000)}\r\n`
    const all = pouring(() => times(60, () => raw))
    // the fence would be answered amid the lines
    const play: Play = (action, session) => (action.name === 'Ping' ? '' : all(action, session))
    const { code, limit, held } = await child('fenced', play)
    assert.deepEqual({ code, limit }, { code: 'AMI_LIMIT', limit: 'limits.held' })
    assert.ok(Number(held) < 9 * MEBI, `${held}`)
  })

  test('to a login that does not end', async () => {
    const play: Play = ({ name, id }, session) => {
      if (name !== 'Challenge') return undefined
      session.say(`Response: Success\r\nActionID: ${id}\r\nChallenge: `)
      pour(
        session,
        times(5_000, () => 'x'.repeat(65_536)),
      )
      return ''
    }
    const { code, grown } = await child('login', play)
    assert.equal(code, 'AMI_CONNECT')
    assert.ok(Number(grown) < 8 * MEBI, `${grown}`)
  })
})

describe('what a server names', () => {
  test('does not stay: 100 events of 64 headers with names of 20 KB, twice', async () => {
    const name = 'N'.repeat(20_000)
    const message = (n: number) =>
      lines(`Event: E${n}`, ...Array.from({ length: 64 }, (_, header) => `${name}${n}x${header}: 1`))
    const play = pouring(() => times(201, (n) => (n < 200 ? message(n % 100) : lines('Event: Last'))))
    const { heard, grown } = await child('names', play)
    assert.equal(heard, 200)
    // 256 MB went by
    assert.ok(Number(grown) < 4 * MEBI, `${grown}`)
  })

  test('is no expression', async () => {
    const odd = `${'R'.repeat(40_000)}ChanVariable`
    const play = pouring(() =>
      [lines('Event: A', `${odd}: a=b`, `${odd}([(*: c=d`, 'ChanVariable((?:x): e=f'), lines('Event: Last')].values(),
    )
    assert.equal((await child('variables', play)).read, true)
  })
})

test('a million kept ids cost their own size', async () => {
  const block = (from: number) =>
    Array.from({ length: 500 }, (_, n) =>
      lines('Event: A', `Uniqueid: 1700000000.${from + n}`, `Text: ${'x'.repeat(400)}`),
    ).join('')
  const play = pouring(() => times(2_001, (n) => (n < 2_000 ? block(n * 500) : lines('Event: Last'))))
  const { kept, grown } = await child('ids', play)
  assert.equal(kept, 1_000_000)
  assert.ok(Number(grown) < 100 * MEBI, `${grown}`)
})

test('an event that is kept unread, or waits for a loop, keeps nothing of what came beside it', async () => {
  const others = lines('Event: B', `Text: ${'x'.repeat(400)}`).repeat(100)
  const play = pouring(() =>
    times(2_001, (n) =>
      n < 2_000 ? lines('Event: A', 'Text: long enough for a part') + others : lines('Event: Last'),
    ),
  )
  const { kept, waiting, grown } = await child('unread', play)
  assert.deepEqual({ kept, waiting }, { kept: 2_000, waiting: 0 })
  // 86 MB went by
  assert.ok(Number(grown) < 4 * MEBI, `${grown}`)
})

test('fifty clients that live and end under one signal leave no listener on it', async () => {
  assert.deepEqual(await child('signal', () => undefined), { left: 0 })
})

test('thirty-two thousand listeners that the mask leaves out cost no square of what a thousand cost', async () => {
  const { ratio } = await child('mask', () => undefined)
  // in proportion it is 32, and 1,024 where each listener looks at those before it; a collection of garbage may triple it
  assert.ok(Number(ratio) < 256, `${ratio}`)
})
