// npm --prefix bench run simulator: how many events a second the simulator sends to one reader in another process,
// plainly, through a proxy, while the proxy is recorded, and with proxy and recorder in a process of their own, as they
// are where a real server is recorded.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadTesting } from './testing-api.ts'

const EVENTS = 300_000
const BATCH = 500
const ROUNDS = 5

const ways = ['plain', 'proxy', 'record .jsonl', 'record .jsonl.gz', 'elsewhere .jsonl', 'elsewhere .jsonl.gz'] as const
type Way = (typeof ways)[number]

/** Reads to the last byte and takes nothing apart, so that the figure is the server's. */
async function read(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.write('Action: Login\r\nUsername: frank\r\nSecret: lean\r\nEvents: user\r\n\r\n')
  let tail = ''
  for await (const chunk of socket) {
    const text = tail + (chunk as Buffer).subarray(-64).toString('latin1')
    if (text.includes('The: End\r\n')) process.send?.('done')
    tail = text.slice(-64)
  }
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

async function measure(way: Way, directory: string): Promise<{ rate: number; bytes: number }> {
  const { startServer } = await loadTesting()
  const server = await startServer({ users: { frank: 'lean' } })
  const file = join(directory, way.endsWith('gz') ? 'bench.jsonl.gz' : 'bench.jsonl')
  const { port, stop } = await between(way, server.port, file)
  const reader = fork(fileURLToPath(import.meta.url), [String(port)])
  await server.waitForLogin()
  const done = once(reader, 'message')
  const start = performance.now()
  for (let sent = 0; sent < EVENTS; sent += BATCH) {
    for (let n = 0; n < BATCH; n++) server.emit('UserEvent', headers(sent + n))
    await server.flushed()
    // the proxy may live on the same thread
    await new Promise((resolve) => setImmediate(resolve))
  }
  server.emit('UserEvent', { UserEvent: 'Last', The: 'End' })
  await done
  // a recording counts when its file is whole
  await stop()
  const seconds = (performance.now() - start) / 1_000
  reader.kill()
  await server.close()
  return { rate: EVENTS / seconds, bytes: /^(plain|proxy)$/.test(way) ? 0 : statSync(file).size }
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

const [, , port, recorded] = process.argv
if (port !== undefined && recorded !== undefined) await recordElsewhere(Number(port), recorded)
else if (port !== undefined) await read(Number(port))
else {
  const directory = mkdtempSync(join(tmpdir(), 'amiable-'))
  console.log(`${EVENTS.toLocaleString('en')} events, ${ROUNDS} rounds: the slowest, the median, the fastest`)
  for (const way of ways) {
    const rates: number[] = []
    let size = 0
    for (let round = 0; round < ROUNDS; round++) {
      const { rate, bytes } = await measure(way, directory)
      rates.push(Math.round(rate))
      size = bytes
    }
    rates.sort((a, b) => a - b)
    const figures = [rates[0], rates[ROUNDS >> 1], rates.at(-1)].map((rate) => rate?.toLocaleString('en').padStart(9))
    console.log(`${way.padEnd(20)}${figures.join(' ')} events/s${size ? `, ${(size / 1e6).toFixed(1)} MB` : ''}`)
  }
  rmSync(directory, { recursive: true })
}
