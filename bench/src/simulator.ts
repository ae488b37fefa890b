// npm --prefix bench run simulator: how many events a second the simulator sends to one reader in another process,
// plainly, through a proxy, while the proxy is recorded, and with proxy and recorder in a process of their own, as they
// are where a real server is recorded. What is behind `--` names the ways to run: `-- plain "record .jsonl"`.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'
import { loadTesting } from './testing-api.ts'

const EVENTS = 300_000
const BATCH = 500
const ROUNDS = 5

const ways = ['plain', 'proxy', 'record .jsonl', 'record .jsonl.gz', 'elsewhere .jsonl', 'elsewhere .jsonl.gz'] as const
type Way = (typeof ways)[number]

/** Reads to the last byte and counts ends of messages, no more, so that the figure is the server's. */
async function read(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.write('Action: Login\r\nUsername: frank\r\nSecret: lean\r\nEvents: user\r\n\r\n')
  let tail = ''
  const counter = new Counter('\r\n\r\n')
  for await (const chunk of socket) {
    counter.add(chunk as Buffer)
    const text = tail + (chunk as Buffer).subarray(-64).toString('latin1')
    if (text.includes('The: End\r\n')) process.send?.(counter.count)
    tail = text.slice(-64)
  }
}

/** How often some bytes occur in a stream, wherever it is cut. */
class Counter {
  count = 0
  #bytes: Buffer
  #tail: Buffer = Buffer.alloc(0)

  constructor(text: string) {
    this.#bytes = Buffer.from(text)
  }

  add(chunk: Buffer): void {
    const { length } = this.#bytes
    this.#count(Buffer.concat([this.#tail, chunk.subarray(0, length - 1)]))
    this.#count(chunk)
    this.#tail = Buffer.concat([this.#tail, chunk.subarray(1 - length)]).subarray(1 - length)
  }

  #count(bytes: Buffer): void {
    for (let at = bytes.indexOf(this.#bytes); at !== -1; at = bytes.indexOf(this.#bytes, at + 1)) this.count++
  }
}

/** How many events of ours a recording holds. */
async function recordedEvents(file: string): Promise<number> {
  const counter = new Counter('UserEvent: Flood')
  const raw = createReadStream(file)
  for await (const chunk of file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw) counter.add(chunk as Buffer)
  return counter.count
}

interface Recorder {
  readonly port: number
  readonly stop: () => Promise<unknown>
}

/** What the reader connects to: the server itself, a proxy, or one that is recorded. */
async function between(way: Way, target: number, file: string): Promise<Recorder> {
  if (way === 'plain') return { port: target, stop: async () => undefined }
  if (way.startsWith('elsewhere')) {
    const child = fork(fileURLToPath(import.meta.url), [String(target), file])
    const [port] = (await once(child, 'message')) as [number]
    const stop = () => {
      child.send('stop')
      return once(child, 'exit')
    }
    return { port, stop }
  }
  const { startProxy, record } = await loadTesting()
  const proxy = await startProxy({ target: { port: target } })
  const recording = way.startsWith('record') ? record(proxy, file) : undefined
  const stop = async () => {
    await recording?.stop()
    await proxy.close()
  }
  return { port: proxy.port, stop }
}

async function recordElsewhere(target: number, file: string): Promise<void> {
  const { port, stop } = await between('record .jsonl', target, file)
  process.send?.(port)
  await once(process, 'message')
  await stop()
  process.disconnect()
}

interface Figures {
  readonly rate: number
  /** Processor time of this process for an event, in microseconds: what other work on the machine changes least. */
  readonly cost: number
  readonly bytes: number
}

async function measure(way: Way, directory: string): Promise<Figures> {
  const { startServer } = await loadTesting()
  const server = await startServer({ users: { frank: 'lean' } })
  const file = join(directory, way.endsWith('gz') ? 'bench.jsonl.gz' : 'bench.jsonl')
  const { port, stop } = await between(way, server.port, file)
  const reader = fork(fileURLToPath(import.meta.url), [String(port)])
  await server.waitForLogin()
  const done = once(reader, 'message')
  const start = performance.now()
  const before = process.cpuUsage()
  for (let sent = 0; sent < EVENTS; sent += BATCH) {
    for (let n = 0; n < BATCH; n++) server.emit('UserEvent', headers(sent + n))
    await server.flushed()
    // the proxy may live on the same thread
    await new Promise((resolve) => setImmediate(resolve))
  }
  server.emit('UserEvent', { UserEvent: 'Last', The: 'End' })
  const [received] = (await done) as [number]
  // a recording counts when its file is whole
  await stop()
  const seconds = (performance.now() - start) / 1_000
  const { user, system } = process.cpuUsage(before)
  reader.kill()
  await server.close()
  const recording = !/^(plain|proxy)$/.test(way)
  // the last one and the answer to the login as well
  if (received !== EVENTS + 2) throw new Error(`${way}: ${received} messages came`)
  const kept = recording ? await recordedEvents(file) : EVENTS
  if (kept !== EVENTS) throw new Error(`${way}: ${kept} events were recorded`)
  return { rate: EVENTS / seconds, cost: (user + system) / EVENTS, bytes: recording ? statSync(file).size : 0 }
}

/** Fourteen headers, as a Newstate has them. */
function headers(n: number): Record<string, string | number> {
  return {
    UserEvent: 'Flood',
    Channel: `PJSIP/trunk-${n.toString(16).padStart(8, '0')}`,
    ChannelState: 6,
    ChannelStateDesc: 'Up',
    CallerIDNum: '1001',
    CallerIDName: 'Zed Zebra',
    ConnectedLineNum: '1002',
    ConnectedLineName: '<unknown>',
    Language: 'en',
    Context: 'default',
    Exten: '200',
    Priority: 1,
    Uniqueid: `1795393342.${n}`,
    Linkedid: `1795393342.${n}`,
  }
}

const [, , first, recorded] = process.argv
const port = /^\d+$/.test(first ?? '') ? Number(first) : undefined
if (port !== undefined && recorded !== undefined) await recordElsewhere(port, recorded)
else if (port !== undefined) await read(port)
else {
  const wanted = process.argv.slice(2)
  const directory = mkdtempSync(join(tmpdir(), 'amiable-'))
  console.log(`${EVENTS.toLocaleString('en')} events, ${ROUNDS} rounds: the slowest, the median, the fastest`)
  const results = new Map<Way, Figures[]>(ways.map((way) => [way, []]))
  // round after round, so that what else the machine does falls on all ways alike
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of ways) {
      if (wanted.length === 0 || wanted.includes(way)) results.get(way)?.push(await measure(way, directory))
    }
  }
  for (const [way, all] of results) {
    const [size] = all.map(({ bytes }) => bytes)
    if (size === undefined) continue
    const rates = all.map(({ rate }) => Math.round(rate)).sort((a, b) => a - b)
    const costs = all.map(({ cost }) => cost).sort((a, b) => a - b)
    const figures = [rates[0], rates[ROUNDS >> 1], rates.at(-1)].map((rate) => rate?.toLocaleString('en').padStart(9))
    const cost = `${costs[ROUNDS >> 1]?.toFixed(2)} µs of this process an event`
    console.log(
      `${way.padEnd(20)}${figures.join(' ')} events/s, ${cost}${size ? `, ${(size / 1e6).toFixed(1)} MB` : ''}`,
    )
  }
  rmSync(directory, { recursive: true })
}
