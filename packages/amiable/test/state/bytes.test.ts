// The sum of all that a model keeps has a limit, whatever a server says.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { speaker } from './support/flood.ts'
import type { Headers } from './support/messages.ts'

/** Runs a program with so little memory. */
async function cramped(name: string): Promise<void> {
  const program = fileURLToPath(new URL(`./support/${name}`, import.meta.url))
  await promisify(execFile)(process.execPath, [...process.execArgv, '--max-old-space-size=192', program])
}

test('a server whose texts are all as long as can be fits into 192 MB', () => cramped('large.ts'))

test('400 messages of a megabyte each that come while a list is written fit into 192 MB', () => cramped('late.ts'))

const channel = (n: number, more: Headers = {}): Headers => ({
  ...{ Uniqueid: `1.${n}`, Linkedid: `1.${n}`, Channel: `PJSIP/${n}`, ChannelStateDesc: 'Up', ...more },
})

test('over the limit nothing grows, what is there stays, and what shrinks or ends is taken', async () => {
  const { state, say } = speaker({ kinds: ['channels'], limits: { bytes: 100_000 } })
  for (let n = 0; n < 1_000; n++) say('Newchannel', channel(n))
  const { size } = state.channels
  assert.ok(size > 50 && size < 250, `${size} channels`)
  const { leftOut } = state.stats()
  assert.equal(leftOut, 1_000 - size)
  // the oldest stay
  assert.deepEqual([...state.channels.keys()].slice(0, 3), ['1.0', '1.1', '1.2'])
  say('NewCallerid', channel(0, { CallerIDName: 'x'.repeat(4_000) }))
  assert.equal(state.channels.get('1.0')?.caller.name, undefined)
  say('Newstate', channel(0, { ChannelStateDesc: 'Ring' }))
  assert.equal(state.channels.get('1.0')?.state, 'Ring')
  for (let n = 0; n < size; n++) say('Hangup', channel(n))
  say('Newchannel', channel(2_000))
  assert.ok(state.channels.has('1.2000'))
  await state.close()
})

test('the members of a queue count once, whoever looks at the queue', async () => {
  const long = (n: number) => `${n}`.padEnd(3_000, 'x')
  const { state, say } = speaker(
    { kinds: ['queues', 'channels'], limits: { bytes: 1_000_000 } },
    {
      *QueueStatus() {
        yield ['QueueParams', { Queue: 'support' }]
        for (let n = 0; n < 100; n++) yield ['QueueMember', { Queue: 'support', Location: `SIP/${n}`, Name: long(n) }]
      },
    },
  )
  await state.ready()
  assert.equal(state.queues.get('support')?.members.length, 100)
  // as much as it needs to be counted again
  for (let n = 0; n < 200; n++) say('Newchannel', channel(n, { CallerIDName: long(n) }))
  for (let n = 0; n < 200; n++) say('Hangup', channel(n))
  for (let n = 0; n < 50; n++) say('Newchannel', channel(n, { CallerIDName: long(n) }))
  assert.equal(state.queues.get('support')?.members.length, 100)
  assert.equal(state.channels.size, 50)
  await state.close()
})

test('the ended calls count with what they say of their parties', async () => {
  const { state, say } = speaker({ kinds: ['calls'], limits: { bytes: 1_000_000, changes: 1 } })
  for (let n = 0; n < 1_000; n++) {
    say('Newchannel', channel(n, { CallerIDName: `${n}`.padEnd(4_000, 'x') }))
    say('Hangup', channel(n))
  }
  const kept = state.calls.ended.reduce((sum, { parties }) => sum + (parties[0]?.name?.length ?? 0) * 2, 0)
  assert.ok(kept > 8_000 && kept < 1_000_000, `${kept} bytes`)
  await state.close()
})

test('the log of changes goes before the picture does', async () => {
  const { state, say } = speaker({ kinds: ['channels'], limits: { bytes: 1_000_000 } })
  say('Newchannel', channel(0))
  const { revision } = state
  for (let n = 0; n < 1_000; n++) say('NewCallerid', channel(0, { CallerIDName: `${n}`.padEnd(2_000, 'x') }))
  assert.equal(state.channels.get('1.0')?.caller.name?.slice(0, 3), '999')
  assert.equal(state.stats().leftOut, 0)
  assert.equal(state.since(revision), undefined)
  const now = state.revision
  say('NewCallerid', channel(0, { CallerIDName: 'Ann' }))
  assert.deepEqual(
    state.since(now)?.map(({ type }) => type),
    ['changed'],
  )
  await state.close()
})
