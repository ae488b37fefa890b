// A program that has little memory and a server that fills it. Its arguments are what it does, and a port. It prints
// figures of what came of it, as JSON.
import { getEventListeners, setMaxListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { type Client, type ClientOptions, connect } from 'amiable'

const [what = '', port = ''] = process.argv.slice(2)
// names that the catalog does not know: open headers
const A: string = 'A'
const LAST: string = 'Last'
const account = { host: '127.0.0.1', port: Number(port), username: 'frank', secret: 'lean', reconnect: false } as const
const collect = globalThis.gc as () => void
type Figures = Record<string, unknown>

/** What the process holds on to. */
async function size(): Promise<number> {
  await turn()
  collect()
  await turn()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** What an error says of itself to a program. */
function told(error: unknown): Figures {
  const { code, limit, value } = error as Figures
  return { code, limit, value }
}

async function withClient(run: (ami: Client) => Promise<Figures>, options: Partial<ClientOptions> = {}) {
  await using ami = await connect({ ...account, actionTimeout: 200_000, ...options })
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, ami.stats().held)
  }, 2)
  const figures = await run(ami)
  clearInterval(watch)
  const { held, dropped } = ami.stats()
  ami.destroy()
  await ami.closed
  return { ...figures, held, most, dropped, after: ami.stats().held }
}

/** Asks for events, and waits until the last has come. */
async function hearAll(ami: Client): Promise<void> {
  const last = new Promise((resolve) => ami.on(LAST, resolve))
  await ami.sendRaw('Pour')
  await last
}

/** Reads what is left for a loop; returns what ended it. */
async function drain(loop: AsyncIterable<unknown>): Promise<Figures> {
  try {
    for await (const _ of loop);
    return {}
  } catch (error) {
    return told(error)
  }
}

const cases: Record<string, () => Promise<Figures>> = {
  send: () => withClient((ami) => ami.sendRaw('Status').then(() => ({}), told)),

  many: () =>
    withClient(async (ami) => {
      const failed: Figures[] = []
      const list = () =>
        ami.sendRaw('Status').then(
          () => {},
          (error) => void failed.push(told(error)),
        )
      await Promise.all(Array.from({ length: 30 }, list))
      return failed[0] ?? {}
    }),

  list: () =>
    withClient(async (ami) => {
      const list = ami.listRaw('Status')
      while (ami.stats().inFlight > 0) await turn()
      return drain(list)
    }),

  loop: () =>
    withClient(async (ami) => {
      const overflow = what.split(':')[1] as 'fail'
      const loop = ami.events(A, { overflow })
      await hearAll(ami)
      if (overflow === 'fail') return drain(loop)
      await loop.return?.()
      return {}
    }),

  listener: () =>
    withClient(async (ami) => {
      let heard = 0
      ami.on(A, () => {
        heard++
        for (const end = performance.now() + 1; performance.now() < end; );
      })
      await hearAll(ami)
      return { heard }
    }),

  calls: () =>
    withClient(async (ami) => {
      const Text = Array(50).fill('x'.repeat(900))
      const counts = { AbortError: 0, TimeoutError: 0 }
      for (let round = 0; round < 4; round++) {
        const one = new AbortController()
        const calls = Array.from({ length: 1_280 }, (_, n) =>
          ami
            .sendRaw('Silent', { Text }, n % 2 === 0 ? { signal: one.signal } : { timeout: 300 })
            .catch(({ name }: { name: 'AbortError' | 'TimeoutError' }) => void counts[name]++),
        )
        setMaxListeners(0, one.signal)
        setTimeout(() => one.abort(), 100)
        await Promise.all(calls)
      }
      return { aborted: counts.AbortError, late: counts.TimeoutError }
    }),

  command: () => withClient((ami) => ami.command('core show channels').then(() => ({}), told)),

  fenced: () => withClient((ami) => ami.sendRaw('Pour', undefined, { fence: true }).then(() => ({}), told)),

  login: async () => {
    const before = await size()
    const error = await connect({ ...account, loginTimeout: 2_000 }).catch(told)
    return { ...(error as Figures), grown: (await size()) - before }
  },

  names: async () => {
    const before = await size()
    let heard = 0
    await withClient(async (ami) => {
      ami.on('*', (event) => {
        if (event.Event === 'Last') return
        heard++
        event.toJSON()
      })
      await hearAll(ami)
      return {}
    })
    return { heard, grown: (await size()) - before }
  },

  variables: () =>
    withClient(async (ami) => {
      let read = false
      ami.on(A, (event) => {
        event.variables('x')
        event.variables()
        read = true
      })
      await hearAll(ami)
      return { read }
    }),

  ids: async () => {
    const ids: string[] = []
    let grown = 0
    await withClient(async (ami) => {
      const before = await size()
      ami.on(A, (event) => ids.push(event.get('Uniqueid') ?? ''))
      await hearAll(ami)
      grown = (await size()) - before
      return {}
    })
    return { kept: new Set(ids).size, grown }
  },

  unread: async () => {
    const kept: unknown[] = []
    let grown = 0
    let waiting = 0
    await withClient(async (ami) => {
      const before = await size()
      ami.on(A, (event) => kept.push(event))
      const loop = ami.events(A)
      await hearAll(ami)
      grown = (await size()) - before
      await loop.return?.()
      waiting = ami.stats().held
      return {}
    })
    return { kept: kept.length, waiting, grown }
  },

  signal: async () => {
    const { signal } = new AbortController()
    setMaxListeners(0, signal)
    for (let n = 0; n < 50; n++) {
      const ami = await connect(account, { signal })
      ami.on('Hangup', () => {}, { signal })
      ami.events('*', { signal })
      await ami.send('Ping', {}, { signal })
      if (n % 2 === 0) await ami.close()
      else ami.destroy()
      await ami.closed
    }
    return { left: getEventListeners(signal, 'abort').length }
  },

  mask: async () => {
    let ratio = 0
    await withClient(
      async (ami) => {
        const cost = (count: number) => {
          const before = process.cpuUsage()
          const listeners = Array.from({ length: count }, () => ami.on('QueueMemberPause', () => {}))
          const { user, system } = process.cpuUsage(before)
          for (const listener of listeners) listener.remove()
          return user + system
        }
        for (let n = 0; n < 7; n++) cost(1_000)
        // in turns, so that whatever else runs on the machine is in both
        let [small, large] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
        for (let n = 0; n < 15; n++) {
          small = Math.min(small, cost(1_000))
          large = Math.min(large, cost(32_000))
        }
        ratio = large / Math.max(small, 500)
        return {}
      },
      { events: ['call'] },
    )
    return { ratio }
  },
}

const run = cases[what.split(':')[0] as string]
if (run === undefined) throw new Error(`there is no case ${what}`)
console.log(JSON.stringify(await run()))
