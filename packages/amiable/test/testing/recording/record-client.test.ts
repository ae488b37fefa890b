import assert from 'node:assert/strict'
import { linkSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { authority, good } from '../../../../../tools/testbed/certificates.ts'
import { RawClient } from '../../../../../tools/testbed/raw-client.ts'
import type { Client } from '../../../src/client/client.ts'
import { connect, createClient } from '../../../src/client/connect.ts'
import {
  expectEvents,
  type RecordedMessage,
  readRecording,
  record,
  replay,
  type SimulatedAsterisk,
  startProxy,
  startServer,
} from '../../../src/testing/index.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import { Peer } from '../../support/peer.ts'
import { Rig } from '../../support/rig.ts'

const directory = mkdtempSync(join(tmpdir(), 'amiable-record-client-'))
after(() => rmSync(directory, { recursive: true }))
const fileOf = (name: string): string => join(directory, name)

const SECRET = 'hush-hush'
const users = { frank: SECRET }
const account = { host: '127.0.0.1', username: 'frank', secret: SECRET, reconnect: () => 1 } as const

async function read(file: string): Promise<RecordedMessage[]> {
  const messages: RecordedMessage[] = []
  for await (const message of readRecording(file)) messages.push(message)
  return messages
}

/** What passed in one direction, session for session. */
const passed = (messages: readonly RecordedMessage[], wanted: 'in' | 'out' | 'end'): string[] =>
  messages.filter(({ direction }) => direction === wanted).map(({ session, text }) => `${session} ${text}`)

/** A day of a client: a list, variables, the database, a refusal, events, a lost link, and a goodbye. */
async function day(server: SimulatedAsterisk, client: Client): Promise<void> {
  await client.connect()
  assert.ok((await client.send('QueueStatus', { Queue: 'support' })).events.length > 2)
  await client.send('Setvar', { Variable: 'CITY', Value: 'Zürich' })
  await client.send('DBPut', { Family: 'cidname', Key: '100', Val: 'Zoë' })
  await client.send('DBGet', { Family: 'cidname', Key: '100' })
  assert.equal((await client.sendRaw('Nonsense', {}, { check: false })).success, false)
  const first = expectEvents(client, [{ Event: 'UserEvent', UserEvent: 'first' }])
  server.emit('UserEvent', [
    ['UserEvent', 'first'],
    ['Name', 'Zoë'],
  ])
  await first
  const again = client.status()
  server.disconnect()
  for await (const { type } of again) if (type === 'ready') break
  const second = expectEvents(client, [{ Event: 'UserEvent', UserEvent: 'second' }])
  server.emit('UserEvent', { UserEvent: 'second' })
  await second
  await client.close()
}

for (const auth of ['md5', 'plain'] as const) {
  test(`what a client records is what a proxy records of it, both ways and over links; login: ${auth}`, async () => {
    await using server = await startServer({ users })
    await using proxy = await startProxy({ target: { port: server.port } })
    const client = createClient({ ...account, port: proxy.port, auth })
    const [byProxy, byClient] = [fileOf(`${auth}-proxy.jsonl`), fileOf(`${auth}-client.jsonl`)]
    {
      await using _ = record(proxy, byProxy)
      await using recording = record(client, byClient)
      await day(server, client)
      assert.ok(recording.messages > 20)
    }
    const [theirs, ours] = [await read(byProxy), await read(byClient)]
    for (const direction of ['in', 'out'] as const) {
      assert.deepEqual(passed(ours, direction), passed(theirs, direction), direction)
    }
    assert.deepEqual(passed(ours, 'end'), ['1 ', '2 '])
    assert.equal(ours[0]?.text, 'Asterisk Call Manager/11.0.0\r\n')
    const text = readFileSync(byClient, 'utf8')
    assert.match(text, new RegExp(`^\\{"amiable":"recording",.*"source":"127\\.0\\.0\\.1:${proxy.port}"\\}\n`))
    assert.match(
      text,
      auth === 'md5' ? /Action: Login.*\\r\\nKey: \*\*\*\\r\\n/ : /Action: Login.*\\r\\nSecret: \*\*\*/,
    )
    assert.doesNotMatch(text, /hush|[0-9a-f]{32}/)
    assert.match(text, /Val: Zoë/)
  })
}

test('a client’s recording is served again: its events, and its answers', async () => {
  const file = fileOf('again.jsonl.gz')
  {
    await using server = await startServer({ users, systemName: 'recorded' })
    server.queues.addMember('support', { interface: 'PJSIP/recorded' })
    const client = createClient({ ...account, port: server.port })
    await using _ = record(client, file)
    await day(server, client)
  }
  assert.match(gunzipSync(readFileSync(file)).toString('utf8'), /^\{"amiable":"recording","version":1,/)
  await using served = await replay(file, { users, begin: 'manual' })
  await using client = await connect({ ...account, port: served.port })
  const seen = expectEvents(client, [{ Event: 'UserEvent', UserEvent: 'first', Name: 'Zoë', SystemName: 'recorded' }])
  served.start()
  await seen
  const { events, completion } = await client.send('QueueStatus', { Queue: 'support' })
  assert.equal(events.at(-1)?.get('Location'), 'PJSIP/recorded')
  assert.equal(completion?.ListItems, '4')
  // the replaying simulator's own database is empty
  const { events: found } = await client.send('DBGet', { Family: 'cidname', Key: '100' })
  assert.equal(found[0]?.get('Val'), 'Zoë')
  await assert.rejects(client.sendRaw('Nonsense'), { code: 'AMI_REFUSED' })
})

test('over TLS it is the plain text, without the secret', async () => {
  const file = fileOf('tls.jsonl')
  await using server = await startServer({ users, tls: good })
  await using client = createClient({ ...account, port: server.port, tls: { ca: authority }, auth: 'plain' })
  {
    await using _ = record(client, file)
    await client.connect()
    // longer than one TLS record that Asterisk reads whole
    const filling = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`Filling${n}`, 'x'.repeat(200)]))
    await client.sendRaw('Ping', filling)
  }
  const messages = await read(file)
  const [login, ping] = passed(messages, 'in')
  assert.match(login ?? '', /^1 Action: Login\r\n(?:.+\r\n)*Secret: \*\*\*\r\n(?:.+\r\n)*\r\n$/)
  assert.match(ping ?? '', /^1 Action: Ping\r\nActionID: .+\r\n(?:Filling\d+: x{200}\r\n){20}\r\n$/)
  assert.ok(passed(messages, 'out').some((text) => text.includes('Ping: Pong')))
  assert.doesNotMatch(readFileSync(file, 'utf8'), /hush/)
})

test('begun in the middle of the stream, a recording holds whole messages alone, wherever the bytes are cut', async () => {
  const event = (n: number): string => `Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: ${n}\r\n\r\n`
  const stream = event(1) + event(2) + event(3) + event(4)
  await using rig = new Rig()
  void rig.client.connect()
  const peer = await rig.nextPeer()
  await peer.accept()
  await settle()
  for (let at = 0; at <= event(1).length; at++) {
    const file = fileOf('joined.jsonl')
    peer.send(stream.slice(0, at))
    await settle()
    const recording = record(rig.client, file)
    // a second cut behind the first
    peer.send(stream.slice(at, at + 3))
    await settle()
    peer.send(stream.slice(at + 3))
    await settle()
    await recording.stop()
    const texts = (await read(file)).map(({ text }) => text)
    const all = [1, 2, 3, 4].map(event)
    const left = event(1).length - at
    // the torn message is passed over, and the next one as well where the blank line itself is torn
    const lost = at === 0 ? 0 : left > 0 && left < 4 ? 2 : 1
    assert.deepEqual(texts, all.slice(lost), `${at}`)
  }
})

test('begun in the middle of an action that leaves in pieces, a recording begins with the next', async () => {
  const file = fileOf('pieces.jsonl')
  const peer = new Peer()
  // what Node's TLS looks like once its handshake is over
  Object.assign(peer.socket, { encrypted: true, secureConnecting: false })
  await using rig = new Rig({ auth: 'plain', socket: () => peer.socket })
  void rig.client.connect()
  peer.send('Asterisk Call Manager/11.0.0\r\n')
  peer.reply(await peer.next())
  peer.fullyBooted()
  await settle()
  peer.hold()
  const long = rig.client.sendRaw('UserEvent', { UserEvent: 'long', A: 'x'.repeat(900), B: 'x'.repeat(900) })
  await settle()
  const recording = record(rig.client, file)
  const short = rig.client.sendRaw('Ping')
  peer.release()
  peer.reply(await peer.next())
  peer.reply(await peer.next())
  await Promise.all([long, short])
  await recording.stop()
  assert.deepEqual(
    (await read(file)).map(({ text }) => text.split('\r\n')[0]),
    ['Action: Ping', 'Response: Success', 'Response: Success'],
  )
})

test('a proxy’s recording may begin in the middle as well', async () => {
  const file = fileOf('joined-proxy.jsonl')
  await using server = await startServer({ users })
  await using proxy = await startProxy({ target: { port: server.port } })
  using early = await RawClient.open(proxy.port)
  await early.until(/Manager.*\r\n/)
  using client = await RawClient.login(proxy.port, 'on', 'frank', SECRET)
  const tornWent = new Promise<void>((resolve) => {
    proxy.tap({ chunk: (_session, direction) => direction === 'in' && resolve(), end: () => {} })
  })
  client.send('Action: Ping\r\nActionID: to')
  server.send('Event: Torn\r\nSecret-of')
  await Promise.all([tornWent, client.until(/Secret-of/)])
  {
    await using _ = record(proxy, file)
    server.send('-mine: 1\r\n\r\nEvent: Whole\r\n\r\n')
    client.send('rn\r\n\r\nAction: Ping\r\nActionID: whole\r\n\r\n')
    await client.until(/ActionID: whole\r\n(?:.+\r\n)*\r\n/)
    early.send('Action: Challenge\r\nAuthType: MD5\r\n\r\n')
    await early.until(/Challenge: .*\r\n\r\n/)
  }
  const messages = await read(file)
  assert.deepEqual(passed(messages, 'in'), [
    '2 Action: Ping\r\nActionID: whole\r\n\r\n',
    '1 Action: Challenge\r\nAuthType: MD5\r\n\r\n',
  ])
  const ours = passed(messages, 'out').filter((text) => text.startsWith('2'))
  assert.equal(ours[0], '2 Event: Whole\r\n\r\n')
  assert.doesNotMatch(readFileSync(file, 'utf8'), /mine/)
})

test('two recordings at once, each to its own end; the client goes on, and is told to nobody', async () => {
  const [one, two] = [fileOf('one.jsonl'), fileOf('two.jsonl')]
  await using server = await startServer({ users })
  await using client = await connect({ ...account, port: server.port })
  const [first, second] = [record(client, one), record(client, two)]
  await client.send('Ping')
  await first.stop()
  await client.send('CoreStatus')
  await second.stop()
  await client.send('CoreSettings')
  const names = async (file: string) =>
    passed(await read(file), 'in').map((text) => /Action: (\w+)/.exec(text)?.[1] ?? text)
  assert.deepEqual(await names(one), ['Ping'])
  assert.deepEqual(await names(two), ['Ping', 'CoreStatus'])
})

test('attempts that fail are no sessions', async () => {
  const file = fileOf('refused.jsonl')
  await using server = await startServer({ users })
  await using client = createClient({ ...account, port: server.port })
  const { port } = server
  await server.shutdown()
  await using recording = record(client, file)
  await assert.rejects(client.connect(), { code: 'AMI_CONNECT' })
  await using _ = await startServer({ users, port })
  await client.connect()
  await client.close()
  await recording.stop()
  assert.deepEqual(new Set((await read(file)).map(({ session }) => session)), new Set([1]))
})

for (const end of ['jsonl', 'jsonl.gz']) {
  test(`a recording is its owner’s alone, whatever stood there before (${end})`, async () => {
    await using server = await startServer({ users })
    await using client = await connect({ ...account, port: server.port })
    const [fresh, old, other] = [fileOf(`fresh.${end}`), fileOf(`old.${end}`), fileOf(`other.${end}`)]
    writeFileSync(old, 'public', { mode: 0o644 })
    linkSync(old, other)
    for (const file of [fresh, old]) {
      await using _ = record(client, file)
      await client.send('Ping')
    }
    for (const file of [fresh, old]) {
      assert.equal(statSync(file).mode & 0o777, 0o600, file)
      assert.ok((await read(file)).length > 0)
    }
    // who had the old file by another name, or open, has the old one still
    assert.equal(readFileSync(other, 'utf8'), 'public')
  })
}

test('a recording follows no link, and writes to nothing that is no file', async () => {
  await using server = await startServer({ users })
  await using client = await connect({ ...account, port: server.port })
  const [victim, nobody] = [fileOf('victim'), fileOf('nobody')]
  writeFileSync(victim, 'precious', { mode: 0o644 })
  symlinkSync(victim, fileOf('link.jsonl'))
  symlinkSync(nobody, fileOf('dangling.jsonl'))
  for (const name of [fileOf('link.jsonl'), fileOf('dangling.jsonl'), directory, '/dev/null']) {
    const recording = record(client, name)
    await client.send('Ping')
    await assert.rejects(recording.stop(), { code: 'AMI_ARGUMENT', argument: 'file' })
  }
  assert.equal(readFileSync(victim, 'utf8'), 'precious')
  assert.equal(statSync(victim).mode & 0o777, 0o644)
  assert.throws(() => statSync(nobody), { code: 'ENOENT' })
})

test('a rule of one’s own is asked; one that throws ends the recording, and nothing else', async () => {
  await using server = await startServer({ users })
  await using client = await connect({ ...account, port: server.port })
  const [masked, failed] = [fileOf('masked.jsonl'), fileOf('failed.jsonl')]
  const redact = (name: string, value: string) => (name === 'ROOM' ? true : value.replaceAll('Bern', '(city)'))
  {
    await using _ = record(client, masked, { redact })
    await client.send('Setvar', { Variable: 'ROOM', Value: 'B-12' })
    await client.send('Setvar', { Variable: 'CITY', Value: 'Bern' })
    assert.equal((await client.send('Getvar', { Variable: 'ROOM' })).get('Value'), 'B-12')
  }
  const text = readFileSync(masked, 'utf8')
  assert.doesNotMatch(text, /B-12|Bern/)
  assert.match(text, /Variable: ROOM\\r\\nValue: \*\*\*/)
  assert.match(text, /Value: \(city\)/)
  // the same is asked again, with what it was asked with
  await using served = await replay(masked, { users, redact, begin: 'manual' })
  await using again = await connect({ ...account, port: served.port })
  await again.send('Setvar', { Variable: 'ROOM', Value: 'B-12' })
  assert.equal((await again.send('Getvar', { Variable: 'ROOM' })).get('Value'), '***')

  const recording = record(client, failed, {
    redact: (name) => {
      if (name === 'Ping') throw new Error('a rule that fails')
      return undefined
    },
  })
  await client.send('Ping')
  await assert.rejects(recording.stop(), { message: 'a rule that fails' })
  assert.doesNotMatch(readFileSync(failed, 'utf8'), /Pong/)
  assert.equal(client.state, 'ready')
  assert.throws(() => record(client, failed, { redact: 'all' as never }), { code: 'AMI_ARGUMENT', argument: 'redact' })
})

test('a recording goes on in another file: no message is lost, and none is in both', async () => {
  await using server = await startServer({ users })
  await using client = await connect({ ...account, port: server.port })
  const names = ['part-1.jsonl', 'part-2.jsonl.gz', 'part-3.jsonl'].map(fileOf) as [string, string, string]
  const recording = record(client, names[0])
  const completed: Promise<void>[] = []
  for (let n = 0; n < 300; n++) {
    server.emit('UserEvent', { UserEvent: 'Numbered', Number: n })
    // whatever has come of a message stays in its file
    if (n === 100) completed.push(recording.rotate(names[1]))
    if (n === 200) completed.push(recording.rotate(names[2]))
    if (n % 10 === 0) await client.send('Ping')
  }
  await client.send('Ping')
  await recording.stop()
  await Promise.all(completed)
  assert.equal(recording.file, names[2])
  const parts = await Promise.all(names.map(read))
  const numbers = parts.flat().flatMap(({ text }) => /^Number: (\d+)\r$/m.exec(text)?.[1] ?? [])
  assert.deepEqual(
    numbers.map(Number),
    Array.from({ length: 300 }, (_, n) => n),
  )
  assert.ok(parts.every((part) => part.length > 0))
  // each file is complete: its last line counts what it has
  const last = readFileSync(names[2], 'utf8').trimEnd().split('\n').at(-1) ?? ''
  assert.equal(JSON.parse(last).messages, parts[2]?.length)
  assert.equal(recording.messages, parts.flat().length)
  await assert.rejects(recording.rotate(fileOf('part-4.jsonl')), { code: 'AMI_CLOSED' })
})
