import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { connect } from 'amiable'
import { readEvents, startServer } from 'amiable/testing'
import { makeRoom, Parts, partName, rotationOf } from '../../src/simulate/recording-parts.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-parts-'))
const server = await startServer({ users: { frank: 'lean' } })
const client = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
after(async () => {
  await client.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Lets numbered events come. */
async function events(from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n++)
    server.emit('UserEvent', { UserEvent: 'N', Number: n, Text: 'x'.repeat(1_000) })
  await client.send('Ping')
}

/** Looks until this holds: what was recorded is on its way to the disk. */
async function lookUntil(parts: Parts, until: () => boolean): Promise<void> {
  while (!until()) {
    parts.look()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function numbersIn(file: string): Promise<number[]> {
  const numbers: number[] = []
  for await (const event of readEvents(file))
    if (event.get('Number') !== undefined) numbers.push(Number(event.get('Number')))
  return numbers
}

test('parts of a size: none is lost, and each can be read', async () => {
  const parts = new Parts(client, { file: join(folder, 'sized.jsonl'), rotation: { bytes: 10_000 }, most: 1 << 30 })
  for (let n = 0; n < 3; n++) {
    await events(n * 20, 20)
    await lookUntil(parts, () => parts.files === n + 2)
  }
  // the last has nothing yet
  await parts.stop()
  const names = readdirSync(folder).filter((name) => name.startsWith('sized'))
  assert.deepEqual(names.sort(), ['sized-001.jsonl', 'sized-002.jsonl', 'sized-003.jsonl'])
  const numbers = (await Promise.all(names.map((name) => numbersIn(join(folder, name))))).flat()
  assert.deepEqual(
    numbers,
    Array.from({ length: 60 }, (_, n) => n),
  )
  assert.ok(parts.bytes > 60_000)
})

test('together they have a limit: the oldest go', async () => {
  const parts = new Parts(client, { file: join(folder, 'ring.jsonl'), rotation: { bytes: 10_000 }, most: 60_000 })
  for (let n = 0; n < 6; n++) {
    await events(n * 20, 20)
    await lookUntil(parts, () => existsSync(join(folder, partName('ring.jsonl', n + 2))))
  }
  parts.look()
  await parts.stop()
  const left = readdirSync(folder).filter((name) => name.startsWith('ring'))
  assert.ok(!left.includes('ring-001.jsonl') && left.includes('ring-006.jsonl'), left.join(' '))
})

test('without parts a full file is said; parts of a time begin when it is over', async () => {
  const one = new Parts(client, { file: join(folder, 'one.jsonl'), rotation: undefined, most: 10_000 })
  await events(0, 20)
  await lookUntil(one, () => one.isFull)
  await one.stop()
  assert.equal((await numbersIn(join(folder, 'one.jsonl'))).length, 20)
  const timed = new Parts(client, {
    file: join(folder, 'timed.jsonl.gz'),
    rotation: { milliseconds: 1 },
    most: 1 << 30,
  })
  await events(0, 1)
  await lookUntil(timed, () => timed.files === 2)
  timed.look()
  // nothing has come since: there is nothing to write into another
  assert.equal(timed.files, 2)
  await timed.stop()
  assert.ok(existsSync(join(folder, 'timed-001.jsonl.gz')))
})

test('a part that cannot be written is an error', async () => {
  const parts = new Parts(client, { file: join(folder, 'none/at/all.jsonl'), rotation: undefined, most: 1 << 30 })
  await assert.rejects(parts.stop())
})

test('names of parts, and what is in their place', () => {
  assert.equal(partName('a/friday.jsonl.gz', 3), 'a/friday-003.jsonl.gz')
  assert.equal(partName('plain', 1_000), 'plain-1000')
  assert.equal(partName('pbx1.example.net.jsonl', 1), 'pbx1.example-001.net.jsonl')
  const file = join(folder, 'room.jsonl')
  makeRoom(file, true, false)
  for (const name of ['room-001.jsonl', 'room-007.jsonl', 'room-x.jsonl', 'room.jsonl'])
    writeFileSync(join(folder, name), '')
  assert.throws(() => makeRoom(file, true, false), /there is a file .*room-001\.jsonl already/)
  assert.throws(() => makeRoom(file, false, false), /there is a file .*room\.jsonl already/)
  makeRoom(file, true, true)
  const left = readdirSync(folder).filter((name) => name.startsWith('room'))
  assert.deepEqual(left.sort(), ['room-x.jsonl', 'room.jsonl'])
  assert.throws(() => makeRoom(join(folder, 'none/x'), true, false), /there is no folder/)
  assert.deepEqual([rotationOf('1h'), rotationOf('100M')], [{ milliseconds: 3_600_000 }, { bytes: 100 * 1024 * 1024 }])
  assert.throws(() => rotationOf('soon'), /--rotate must be a size such as 100M or a time such as 1h/)
})
