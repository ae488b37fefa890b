import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AgiJob, Outcome } from '../job.ts'
import { median } from '../stats.ts'
import { type AgiCall, agiServers } from './agi-server.ts'
import { rawSocket } from './raw.ts'

const CALLER = new URL('../server/agi-caller.js', import.meta.url)

// what hurts those who quote and read as if nothing odd could come
const ODD = ['say "hi" now', 'a) b (c', 'back\\slash', 'ünï', 'x:y, z;', "it's 100%", '(', '"', 'a  b', '=5']
/** Longer than a thousand calls take, even where each waits once for what never comes. */
const MOST = 70_000
/** Waves before the one that is measured: V8 has compiled by then what runs for every command. */
const WARM = 8
/** Longer than any answer takes: one that has not come then never does. */
const PATIENCE = 2_000

/** Serves AGI, is called, and says what it took. */
export const agiReader = (job: AgiJob): Promise<Outcome> => {
  switch (job.mode) {
    case 'latency':
      return latency(job)
    case 'rate':
      return rate(job)
    case 'sessions':
      return sessions(job)
    case 'idle':
      return idle(job)
    case 'odd':
      return odd(job)
    case 'async':
      return async(job)
  }
}

const listen = (job: AgiJob, handler: (call: AgiCall) => Promise<unknown>) => agiServers[job.reader]!(handler)

/** Has a real Asterisk call the server so often; each call is a Local channel whose far half waits. */
const originate = async (job: AgiJob, port: number, calls: number): Promise<void> => {
  const socket = await rawSocket(job.target, 'off', () => {})
  socket.on('data', () => {})
  for (let n = 0; n < calls; n++) {
    const where = `Channel: Local/wait@default/n\r\nApplication: AGI\r\nData: agi://127.0.0.1:${port}/bench`
    socket.write(`Action: Originate\r\n${where}\r\nAsync: true\r\n\r\n`)
  }
}

const measured = async (units: number, work: () => Promise<void>): Promise<Outcome> => {
  const cpu = process.cpuUsage()
  const started = performance.now()
  await work()
  const wallMs = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  const cpuMs = (user + system) / 1000
  return { units, wallMs, cpuMs, rss: [process.memoryUsage.rss()], count: units, sum: 0, steady: true }
}

const latency = async (job: AgiJob): Promise<Outcome> => {
  let told: (outcome: Outcome) => void
  const outcome = new Promise<Outcome>((resolve) => {
    told = resolve
  })
  const { port } = await listen(job, async (call) => {
    const times: number[] = []
    for (let n = 0; n < 200; n++) await call.noop()
    const all = await measured(job.commands, async () => {
      for (let n = 0; n < job.commands; n++) {
        const from = performance.now()
        await call.noop()
        times.push(performance.now() - from)
      }
    })
    told({ ...all, extra: { p50: median(times) } })
  })
  await originate(job, port, 1)
  return outcome
}

/**
 * So many sessions at once, each with so many NOOPs one after the other, from when all are there. A few such waves warm
 * up: a server runs for longer than a tenth of a second.
 */
const rate = async (job: AgiJob): Promise<Outcome> => {
  let wave = newWave()
  const { port } = await listen(job, (call) => {
    const { gate, running } = wave
    const run = gate.promise.then(async () => {
      for (let n = 0; n < job.commands; n++) await call.noop()
    })
    running.push(run)
    if (running.length === job.sessions) wave.complete.resolve()
    return run
  })
  const ride = async (): Promise<Outcome> => {
    wave = newWave()
    await originate(job, port, job.sessions)
    await wave.complete.promise
    return measured(job.sessions * job.commands, async () => {
      wave.gate.resolve()
      await Promise.all(wave.running)
    })
  }
  for (let n = 0; n < WARM; n++) await ride()
  return ride()
}

const newWave = () => ({ gate: signal(), complete: signal(), running: [] as Promise<unknown>[] })

const signal = (): { promise: Promise<void>; resolve: () => void } => {
  let resolve = (): void => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

const called = async (port: number, count: number, atOnce: number, hold: boolean): Promise<ChildProcess> => {
  const child = fork(CALLER, [port, count, atOnce, hold ? 1 : 0].map(String))
  await once(child, 'message')
  return child
}

const sessions = async (job: AgiJob): Promise<Outcome> => {
  let right = 0
  const { port } = await listen(job, async (call) => {
    await call.answer()
    if ((await call.get('BENCH')) === 'value') right++
  })
  await called(port, 200, 50, false)
  right = 0
  const outcome = await measured(job.sessions, async () => void (await called(port, job.sessions, 50, false)))
  return { ...outcome, count: right }
}

const idle = async (job: AgiJob): Promise<Outcome> => {
  const settle = async (): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 500))
    for (let i = 0; i < 3; i++) globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 200))
    return process.memoryUsage.rss()
  }
  const { port } = await listen(job, () => new Promise(() => {}))
  await called(port, 1, 1, true)
  const before = await settle()
  const outcome = await measured(job.sessions, async () => void (await called(port, job.sessions, 100, true)))
  const after = await settle()
  return { ...outcome, rss: [before, after], extra: { bytesPerSession: (after - before) / job.sessions } }
}

/** How long ten variables at once take beside one, over AsyncAGI on a channel that is silent; the median of so many. */
const async = async (job: AgiJob): Promise<Outcome> => {
  const [{ connect }, { attachAgi }] = (await Promise.all([
    import('amiable' as string),
    import('amiable/agi' as string),
  ])) as [Library, AgiLibrary]
  const { host, port, username, secret } = job.target
  const ami = await connect({ host, port, username, secret })
  let told: (outcome: Outcome) => void
  const outcome = new Promise<Outcome>((resolve) => {
    told = resolve
  })
  const timed = async (count: number, call: AsyncSession): Promise<number> => {
    const from = performance.now()
    await Promise.all(Array.from({ length: count }, () => call.getVariable('EXTEN')))
    return performance.now() - from
  }
  attachAgi(ami, async (call) => {
    const one: number[] = []
    const ten: number[] = []
    await timed(1, call)
    const all = await measured(job.commands, async () => {
      for (let n = 0; n < job.commands; n++) {
        one.push(await timed(1, call))
        ten.push(await timed(10, call))
      }
    })
    told({ ...all, extra: { p50: median(ten) / median(one) } })
  })
  const where = { Channel: 'Local/wait@default/n', Application: 'AGI', Data: 'agi:async', Async: true }
  await ami.sendRaw('Originate', where)
  return outcome
}

interface AsyncSession {
  getVariable(name: string): Promise<string | undefined>
}

interface Library {
  connect(options: object): Promise<{ sendRaw(action: string, params: object): Promise<unknown> }>
}

interface AgiLibrary {
  attachAgi(ami: object, handler: (call: AsyncSession) => Promise<void>): unknown
}

/** How many calls end with what they were given: odd values read back, before and behind a refusal, and two at once. */
const odd = async (job: AgiJob): Promise<Outcome> => {
  let begun = 0
  let over = 0
  let right = 0
  let next = (): void => {}
  const complete = signal()
  const inTime = <T>(work: Promise<T>): Promise<T> =>
    Promise.race([work, new Promise<never>((_, reject) => setTimeout(reject, PATIENCE, new Error('never settles')))])
  const isRight = async (call: AgiCall, value: string): Promise<boolean> => {
    await inTime(call.set('ODD', value))
    await inTime(call.set('EVEN', '2'))
    if ((await inTime(call.get('ODD'))) !== value) return false
    await inTime(call.wrong())
    if ((await inTime(call.get('ODD'))) !== value) return false
    const [one, two] = await inTime(Promise.all([call.get('ODD'), call.get('EVEN')]))
    return one === value && two === '2'
  }
  const { port } = await listen(job, async (call) => {
    if (await isRight(call, ODD[begun++ % ODD.length]!).catch(() => false)) right++
    if (++over === job.sessions) complete.resolve()
    else next()
  })
  const outcome = await measured(job.sessions, async () => {
    let asked = Math.min(job.sessions, 50)
    next = () => {
      if (asked++ < job.sessions) void originate(job, port, 1)
    }
    await originate(job, port, asked)
    // a session that a peer never begins or ends counts as wrong
    await Promise.race([complete.promise, new Promise((resolve) => setTimeout(resolve, MOST))])
  })
  return { ...outcome, count: right }
}
