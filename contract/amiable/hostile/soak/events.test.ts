// npm run soak -- hostile: whether a client that lives long stays as small as it was, in a program with nothing else in
// it. AMIABLE_SOAK_MINUTES says how long.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runOnPackage } from '../../../../tools/testbed/on-package.ts'
import { lines, type PlayedAction, PlayedServer, type PlayedSession } from '../../../../tools/testbed/played-server.ts'

const MEBI = 1_048_576
/** Most that may be in use after a collection, Node's own 5 MiB with it. */
const LEVEL = 9 * MEBI
const minutes = Number(process.env.AMIABLE_SOAK_MINUTES ?? 20)

const block = Array.from({ length: 200 }, (_, n) =>
  lines(
    ...['Event: Newchannel', 'Privilege: call,all', `Channel: PJSIP/${n}-0000000${n % 10}`, 'ChannelState: 0'],
    ...['ChannelStateDesc: Down', `CallerIDNum: ${n}`, 'CallerIDName: <unknown>', 'ConnectedLineNum: <unknown>'],
    ...['Language: en', 'AccountCode: ', 'Context: default', `Exten: ${n}`, 'Priority: 1', `Uniqueid: 1700000000.${n}`],
  ),
).join('')

/** Sends events as fast as they are read. */
function pour({ socket }: PlayedSession): void {
  const write = () => {
    while (!socket.destroyed && socket.write(block, 'latin1'));
  }
  socket.on('drain', write)
  write()
}

function play({ name }: PlayedAction, session: PlayedSession): string | undefined {
  if (name === 'Login') {
    setImmediate(() => pour(session))
    setTimeout(() => session.socket.destroy(), 2_500)
  }
  // no answer at all: what waits for it is given up
  return name === 'Silent' ? '' : undefined
}

interface Quarter {
  readonly events: number
  readonly reconnects: number
  readonly heap: number
  readonly rss: number
}

test(`events at full rate, reconnects, aborts and listeners that come and go, for ${minutes} minutes`, async (t) => {
  await using server = await PlayedServer.start(play)
  const { code, output } = await runOnPackage(fileURLToPath(new URL('../children/lives-long.ts', import.meta.url)), {
    args: [String(server.port), String(minutes * 60_000)],
    flags: ['--expose-gc'],
    most: minutes * 60_000 + 60_000,
  })
  assert.equal(code, 0, output)
  const { quarters, ...rest } = JSON.parse(output) as { quarters: Quarter[]; left: number; held: number }
  for (const { events, reconnects, heap, rss } of quarters) {
    const sizes = `heap ${(heap / MEBI).toFixed(1)} MiB, RSS ${(rss / MEBI).toFixed(0)} MiB`
    t.diagnostic(`${events} events, ${reconnects} reconnects, ${sizes}`)
  }
  assert.deepEqual(rest, { left: 0, held: 0 })
  const [first, , , last] = quarters as [Quarter, Quarter, Quarter, Quarter]
  assert.ok(last.heap < LEVEL, 'the heap is too large')
  assert.ok(last.heap - first.heap < 2 * MEBI, 'the heap grows')
  assert.ok(last.rss - first.rss < 32 * MEBI, 'the process grows')
  assert.ok(last.events > 0 && last.reconnects >= minutes * 12)
})
