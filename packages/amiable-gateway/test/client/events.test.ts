import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checked } from '../../src/client/events.ts'

const message = (seq: number, more: object = {}) => ({
  string: () =>
    JSON.stringify({
      ...{
        v: 1,
        id: `pbx1-a-${seq}`,
        server: 'pbx1',
        log: 'a',
        seq,
        term: 1,
        run: 'r',
        at: '2026-11-26T10:00:00.000Z',
      },
      ...{ event: 'Hangup', hash: 'x', data: {} },
      ...more,
    }),
})

async function read(...messages: { string: () => string }[]): Promise<string[]> {
  const all: string[] = []
  const source = (async function* () {
    yield* messages
  })()
  for await (const one of checked(source)) {
    all.push(
      one.type === 'gap'
        ? `${one.cause} ${one.server} ${one.after} ${one.missing}`
        : `${one.message.server} ${one.message.seq}`,
    )
  }
  return all
}

test('what is dense and in order has no gap, whatever servers are mixed', async () => {
  const other = { server: 'pbx2', log: 'b' }
  const all = await read(message(5), message(1, other), message(6), message(2, other), message(7))
  assert.deepEqual(all, ['pbx1 5', 'pbx2 1', 'pbx1 6', 'pbx2 2', 'pbx1 7'])
})

test('what is missing is said before what follows it', async () => {
  assert.deepEqual(await read(message(5), message(9)), ['pbx1 5', 'missed pbx1 5 3', 'pbx1 9'])
})

test('what comes twice is given once', async () => {
  assert.deepEqual(await read(message(5), message(6), message(5), message(6), message(7)), [
    'pbx1 5',
    'pbx1 6',
    'pbx1 7',
  ])
})

test('a gap of the log is said, with its number where that is known', async () => {
  const gap = (lost: number | null) => ({ event: undefined, status: 'gap', lost })
  assert.deepEqual(await read(message(5), message(6, gap(12)), message(7)), [
    'pbx1 5',
    'log pbx1 5 12',
    'pbx1 6',
    'pbx1 7',
  ])
  assert.deepEqual(await read(message(6, gap(null))), ['log pbx1 undefined undefined', 'pbx1 6'])
})

test('a log that was made again begins anew', async () => {
  assert.deepEqual(await read(message(5), message(1, { log: 'c' })), [
    'pbx1 5',
    'made-again pbx1 5 undefined',
    'pbx1 1',
  ])
})

test('what no gateway has written is left out', async () => {
  const strange = ['', 'null', '{', '[]', '{"seq":6}'].map((text) => ({ string: () => text }))
  assert.deepEqual(await read(message(5), ...strange, message(6)), ['pbx1 5', 'pbx1 6'])
})
