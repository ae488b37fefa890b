import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { connect } from '../../../src/client/connect.ts'
import { expectEvents, readRecording, record, startProxy, startServer } from '../../../src/testing/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'amiable-chosen-events-'))
after(() => rmSync(directory, { recursive: true }))
const fileOf = (name: string): string => join(directory, name)
const users = { frank: 'hush-hush' }
const account = { host: '127.0.0.1', username: 'frank', secret: 'hush-hush' } as const

/** What the server said, without its banners. */
async function said(file: string): Promise<string[]> {
  const texts: string[] = []
  for await (const { direction, text } of readRecording(file)) {
    if (direction === 'out' && !text.startsWith('Asterisk Call Manager')) texts.push(text)
  }
  return texts
}

test('of events those are recorded that are wanted, and of actions everything', async () => {
  await using server = await startServer({ users })
  await using client = await connect({ ...account, port: server.port })
  await using proxy = await startProxy({ target: { port: server.port } })
  await using through = await connect({ ...account, port: proxy.port })
  const files = ['chosen.jsonl', 'chosen-of-a-proxy.jsonl'].map(fileOf)
  const wanted = (name: string) => name === 'Hangup'
  {
    await using _ = record(client, files[0] ?? '', { events: wanted })
    await using _more = record(proxy, files[1] ?? '', { events: wanted })
    for (const one of [client, through]) {
      const last = expectEvents(one, [{ Event: 'Hangup', Uniqueid: '2.1' }], { within: 30_000 })
      server.emit('Hangup', { Uniqueid: '1.1' })
      // so long that it is written in pieces
      server.emit('UserEvent', { UserEvent: 'long', Text: 'x\r\nMore: '.repeat(500_000) })
      server.emit('VarSet', { Variable: 'Event', Value: 'Hangup' })
      server.emit('Hangup', { Uniqueid: '2.1' })
      await last
      assert.ok((await one.send('QueueStatus', { Queue: 'support' })).events.length > 2)
    }
  }
  for (const file of files) {
    const names = (await said(file)).map((text) => /^\w+: \w+/.exec(text)?.[0])
    assert.deepEqual(
      [...new Set(names)],
      [
        'Event: Hangup',
        'Response: Success',
        'Event: QueueParams',
        'Event: QueueMember',
        ...(names.includes('Event: QueueEntry') ? ['Event: QueueEntry'] : []),
        'Event: QueueStatusComplete',
      ],
    )
  }
  const events = (name: string) => {
    throw new Error(`a rule that fails for ${name}`)
  }
  const failed = record(client, fileOf('unchosen.jsonl'), { events })
  const seen = expectEvents(client, [{ Event: 'Hangup' }])
  server.emit('Hangup', { Uniqueid: '3.1' })
  await seen
  await assert.rejects(failed.stop(), { message: 'a rule that fails for Hangup' })
  assert.throws(() => record(client, fileOf('x'), { events: 'Hangup' as never }), {
    code: 'AMI_ARGUMENT',
    argument: 'events',
  })
})
