import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { CliError } from '../src/cli-error.ts'
import { Writer, type WriterOptions } from '../src/writer.ts'

/** A descriptor in the test's hand: each write waits until the test lets it go. */
class Descriptor {
  text = ''
  #open: { bytes: Uint8Array; from: number; done: (error: NodeJS.ErrnoException | null, written: number) => void }[] =
    []
  readonly writer: Writer

  constructor(options?: WriterOptions) {
    this.writer = new Writer((bytes, from, done) => this.#open.push({ bytes, from, done }), options)
  }

  /** Lets the write that waits take so many bytes. */
  async take(most = Number.POSITIVE_INFINITY): Promise<void> {
    await turn()
    const write = this.#open.shift()
    assert.ok(write, 'nothing is being written')
    const part = write.bytes.subarray(write.from, write.from + most)
    this.text += Buffer.from(part).toString()
    write.done(null, part.length)
  }

  async fail(code: string): Promise<void> {
    await turn()
    this.#open.shift()?.done(Object.assign(new Error(code), { code }), 0)
  }
}

test('lines come in order, however few bytes each write takes', async () => {
  const to = new Descriptor()
  for (const line of ['one', 'two', 'drei ä']) assert.equal(to.writer.line(line), undefined)
  const drained = to.writer.drain()
  for (let size = 15; size > 0; size -= 4) await to.take(4)
  assert.equal(await drained, true)
  assert.equal(to.text, 'one\ntwo\ndrei ä\n')
})

test('what is past the limit is dropped as complete lines', async () => {
  const to = new Descriptor({ most: 8 })
  assert.deepEqual(
    ['aaaaaaaa', 'bbbb', 'cccc'].map((line) => to.writer.offer(line)),
    [true, false, false],
  )
  assert.equal(to.writer.hasRoom, false)
  await to.take()
  assert.equal(to.writer.offer('dddd'), true)
  await to.take()
  assert.equal(to.text, 'aaaaaaaa\ndddd\n')
})

test('line() makes its caller wait while more than the limit waits', async () => {
  const to = new Descriptor({ most: 8 })
  const room = to.writer.line('aaaaaaaaaaaa')
  assert.ok(room instanceof Promise)
  await to.take()
  await room
})

test('nobody reads any more: that is no failure, and is reported once', async () => {
  let closed = 0
  const to = new Descriptor({ onClosed: () => closed++ })
  void to.writer.line('a')
  const drained = to.writer.drain()
  await to.fail('EPIPE')
  assert.equal(await drained, true)
  assert.equal(to.writer.closed, true)
  assert.equal(to.writer.line('b'), undefined)
  assert.equal(to.writer.offer('c'), false)
  assert.equal(closed, 1)
})

test('a full disk is a failure with exit status 74', async () => {
  const to = new Descriptor()
  void to.writer.line('a')
  const drained = to.writer.drain()
  await to.fail('ENOSPC')
  await assert.rejects(drained, (error: unknown) => error instanceof CliError && error.exit === 74)
  assert.throws(() => to.writer.line('b'), CliError)
})

test('a descriptor that says "again" is asked again', async () => {
  const to = new Descriptor()
  void to.writer.line('a')
  const drained = to.writer.drain()
  await to.fail('EAGAIN')
  const takeWhenAsked = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    return await to.take().catch(takeWhenAsked)
  }
  await takeWhenAsked()
  assert.equal(await drained, true)
  assert.equal(to.text, 'a\n')
})

test('drain() gives up after its time, with what it says', async () => {
  const to = new Descriptor()
  void to.writer.line('a')
  assert.equal(await to.writer.drain(1), false)
})

test('with a signal the time of drain() begins when it aborts', async () => {
  const to = new Descriptor()
  const ending = new AbortController()
  void to.writer.line('a')
  let isOver = false
  const drained = to.writer.drain(1, ending.signal).finally(() => {
    isOver = true
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(isOver, false)
  ending.abort()
  assert.equal(await drained, false)
  const whole = to.writer.drain(1, new AbortController().signal)
  await to.take()
  assert.equal(await whole, true)
})
