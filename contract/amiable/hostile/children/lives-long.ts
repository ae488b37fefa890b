// A program that hears events at full rate while its link is cut again and again, its calls are aborted, and its
// listeners and loops come and go. Its arguments are a port and milliseconds. It prints what it has grown to, as JSON.
import { getEventListeners } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { connect } from 'amiable'

const [port = '', length = ''] = process.argv.slice(2)
const collect = globalThis.gc as () => void
const account = { host: '127.0.0.1', port: Number(port), username: 'frank', secret: 'lean' } as const
const life = new AbortController()
const { signal } = life
const started = performance.now()
const goesOn = () => performance.now() - started < Number(length)

const ami = await connect({ ...account, reconnect: () => 20 })
let heard = 0
ami.on('Newchannel', ({ Uniqueid }) => {
  if (Uniqueid !== undefined) heard++
})

async function changeListeners(): Promise<void> {
  while (goesOn()) {
    const listeners = ['Newchannel', 'Hangup', '*'].map((name) => ami.on(name, () => {}, { signal }))
    await wait(5)
    for (const listener of listeners) listener.remove()
  }
}

async function changeLoops(): Promise<void> {
  for (let turn = 0; goesOn(); turn++) {
    let left = 100
    for await (const event of ami.events('*', { signal, overflow: turn % 2 === 0 ? 'drop-oldest' : 'drop-newest' })) {
      event.toJSON()
      if (--left === 0) break
    }
    // the answers have to have their turn
    await wait(5)
  }
}

async function giveUp(): Promise<void> {
  for (let turn = 0; goesOn(); turn++) {
    const one = new AbortController()
    const calls = [
      ami.sendRaw('Silent', { Text: 'x'.repeat(900) }, { signal: one.signal }),
      ami.sendRaw('Silent', {}, { signal, timeout: 20 }),
      ami.send('Ping', {}, { signal }),
    ]
    setTimeout(() => one.abort(), turn % 10)
    await Promise.allSettled(calls)
  }
}

interface Quarter {
  readonly events: number
  readonly reconnects: number
  readonly heap: number
  readonly rss: number
}

/** The smallest that it was in each quarter. */
async function measure(): Promise<Quarter[]> {
  const quarters: Quarter[] = []
  for (let quarter = 1; quarter <= 4; quarter++) {
    let heap = Number.POSITIVE_INFINITY
    let rss = Number.POSITIVE_INFINITY
    while (performance.now() - started < (Number(length) * quarter) / 4) {
      await wait(Math.min(1_000, Number(length) / 100))
      collect()
      const usage = process.memoryUsage()
      heap = Math.min(heap, usage.heapUsed + usage.external)
      rss = Math.min(rss, usage.rss)
    }
    quarters.push({ events: heard, reconnects: ami.stats().reconnects, heap, rss })
  }
  return quarters
}

const [quarters] = await Promise.all([measure(), changeListeners(), changeLoops(), giveUp()])
ami.destroy()
await ami.closed
const left = getEventListeners(signal, 'abort').length
console.log(JSON.stringify({ quarters, left, held: ami.stats().held }))
