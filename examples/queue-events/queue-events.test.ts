// The example at work: a call in a queue, a lost connection and a database that is too slow, on a simulated Asterisk.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from 'amiable'
import { expectEvents, type SimulatedAsterisk, startServer } from 'amiable/testing'

type Row = Record<string, unknown>

interface Store {
  event(row: Row): unknown
  gap(row: Row): unknown
  rows(query: string): Row[]
  save(): void
  close(): void
}

// plain JavaScript, for people to copy: their types stand here
const here = (file: string) => new URL(file, import.meta.url).href
const { collect, QUEUE_EVENTS } = (await import(here('./collect.mjs'))) as {
  collect(client: Client, store: Pick<Store, 'event' | 'gap'>, options?: { capacity?: number }): Promise<void>
  QUEUE_EVENTS: readonly string[]
}
const { openStore } = (await import(here('./sqlite.mjs'))) as { openStore(file: string): Promise<Store> }

const dialplan = '[default]\nexten => support,1,Answer()\n same => n,Queue(support)\nexten => wait,1,Wait(60)'

function fileOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'amiable-queue-events-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'queue.sqlite')
}

const startPbx = () => startServer({ dialplan, endpoints: { 100: { answers: 'answer' } } })

/** A caller waits, an agent answers, and the caller hangs up. */
async function oneCall(server: SimulatedAsterisk, ami: Client): Promise<string> {
  server.queues.addMember('support', { interface: 'PJSIP/100', name: 'Ann' })
  const connected = expectEvents(ami, [{ Event: 'AgentConnect' }])
  await ami.originate({ Channel: 'Local/support@default', Context: 'default', Exten: 'wait', Priority: 1 })
  const [connect] = await connected
  const done = expectEvents(ami, [{ Event: 'AgentComplete' }])
  server.channels.hangup(String(connect?.get('Channel')))
  await done
  return String(connect?.get('Uniqueid'))
}

test('one call is one story in the table', async (t) => {
  await using server = await startPbx()
  await using client = createClient({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const file = fileOf(t)
  const store = await openStore(file)
  const collected = collect(client, store)
  await client.connect()
  const caller = await oneCall(server, client)
  await client.close()
  await collected
  const told = store.rows(`SELECT event FROM queue_event WHERE caller = '${caller}' ORDER BY serial`)
  assert.deepEqual(
    told.map(({ event }) => event),
    ['QueueCallerJoin', 'AgentCalled', 'QueueCallerLeave', 'AgentConnect', 'AgentComplete'],
  )
  const [connected] = store.rows("SELECT queue, member, data FROM queue_event WHERE event = 'AgentConnect'")
  assert.deepEqual([connected?.queue, connected?.member], ['support', 'PJSIP/100'])
  assert.equal((JSON.parse(String(connected?.data)) as Row).MemberName, 'Ann')
  assert.deepEqual(store.rows('SELECT * FROM gap'), [])
  store.save()
  store.close()
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const again = await openStore(file)
  assert.equal(again.rows('SELECT * FROM queue_event').length, told.length)
  again.close()
})

test('a lost connection is a row of its own', async (t) => {
  await using server = await startPbx()
  await using client = createClient({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const store = await openStore(fileOf(t))
  const collected = collect(client, store)
  await client.connect()
  const back = (async () => {
    for await (const status of client.status()) if (status.type === 'ready') return
  })()
  server.disconnect()
  await back
  await client.close()
  await collected
  assert.deepEqual(store.rows('SELECT source, why, ended >= began AS ordered FROM gap'), [
    { source: client.name, why: 'connection lost', ordered: 1 },
  ])
  store.close()
})

test('a program that is ended before it is back writes the gap down as well', async (t) => {
  await using server = await startPbx()
  const reconnect = () => 60_000
  await using client = createClient({
    host: '127.0.0.1',
    port: server.port,
    username: 'frank',
    secret: 'lean',
    reconnect,
  })
  const store = await openStore(fileOf(t))
  const collected = collect(client, store)
  await client.connect()
  const waiting = (async () => {
    for await (const status of client.status()) if (status.type === 'waiting') return
  })()
  server.disconnect()
  await waiting
  await client.close()
  await collected
  assert.deepEqual(store.rows('SELECT why FROM gap'), [{ why: 'connection lost' }])
  store.close()
})

test('a database that is too slow is reported, and the collecting goes on', async () => {
  await using server = await startPbx()
  await using client = createClient({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const stored: Row[] = []
  const gaps: Row[] = []
  let write = () => {}
  const slow = new Promise<void>((resolve) => {
    write = resolve
  })
  const store = {
    event: async (row: Row) => {
      stored.push(row)
      await slow
    },
    gap: (row: Row) => gaps.push(row),
  }
  const collected = collect(client, store, { capacity: 10 })
  await client.connect()
  const pause = () => server.emit('QueueMemberPause', { Queue: 'support', Interface: 'PJSIP/100', Paused: 1 })
  for (let n = 0; n < 20; n++) pause()
  await client.send('Ping')
  write()
  while (gaps.length === 0) await client.send('Ping')
  pause()
  await client.send('Ping')
  await client.close()
  await collected
  assert.deepEqual(
    gaps.map(({ why }) => why),
    ['database too slow'],
  )
  assert.ok(stored.length > 1 && stored.length < 21, `${stored.length} of 21 stored`)
})

test('the program starts, notes that it was away, and saves when it is interrupted', { timeout: 30_000 }, async (t) => {
  await using server = await startPbx()
  const file = fileOf(t)
  const before = await openStore(file)
  const row = { run: 'before', serial: 1, received_at: 1, event: 'QueueMemberPause', queue: 'support', data: '{}' }
  before.event({ ...row, source: `127.0.0.1:${server.port}` })
  before.save()
  before.close()
  const program = fileURLToPath(here('./main.mjs'))
  const env = { ...process.env, AMI_HOST: '127.0.0.1', AMI_PORT: String(server.port) }
  const child = spawn(process.execPath, [program, file], {
    env: { ...env, AMI_USERNAME: 'frank', AMI_SECRET: 'lean' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  await server.waitFor('Login')
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
  const after = await openStore(file)
  assert.deepEqual(after.rows('SELECT began, why FROM gap'), [{ began: 1, why: 'not running' }])
  after.close()
})

test('a disk that takes nothing for a while ends no program, and what came meanwhile is saved', async (t) => {
  await using server = await startPbx()
  const file = fileOf(t)
  // the new file cannot be written while a directory has its name
  mkdirSync(`${file}.new`)
  const env = { ...process.env, AMI_HOST: '127.0.0.1', AMI_PORT: String(server.port) }
  const child = spawn(process.execPath, [fileURLToPath(here('./main.mjs')), file], {
    env: { ...env, AMI_USERNAME: 'frank', AMI_SECRET: 'lean' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  t.after(() => child.kill('SIGKILL'))
  await server.waitFor('Login')
  server.emit('QueueMemberPause', { Queue: 'support', Interface: 'PJSIP/100', Paused: 1 })
  const [said] = await once(child.stderr.setEncoding('utf8'), 'data')
  assert.match(said, /^not saved: EISDIR/)
  rmSync(`${file}.new`, { recursive: true })
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
  const store = await openStore(file)
  assert.deepEqual(store.rows('SELECT event FROM queue_event'), [{ event: 'QueueMemberPause' }])
  store.close()
})

test('the simulated call centre has a call for those who try the collector', { timeout: 30_000 }, async (t) => {
  const pbx = spawn(process.execPath, [fileURLToPath(here('./pbx.mjs'))], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => pbx.kill('SIGKILL'))
  const [line] = await once(pbx.stdout.setEncoding('utf8'), 'data')
  const port = Number(/AMI_PORT=(\d+)/.exec(String(line))?.[1])
  await using client = createClient({ host: '127.0.0.1', port, username: 'frank', secret: 'lean' })
  const complete = expectEvents(client, [{ Event: 'AgentComplete', Queue: 'support', Interface: 'PJSIP/100' }], {
    within: 20_000,
  })
  await client.connect()
  await complete
})

test('every event that it collects is one that Asterisk has', async () => {
  const { eventFacts } = await import('amiable/catalog')
  for (const name of QUEUE_EVENTS) assert.deepEqual(eventFacts(name)?.classes, ['agent'], name)
})
