import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AgiJob, Outcome } from '../job.ts'
import { median } from '../stats.ts'
import { listen, originate, signal } from './agi-calls.ts'
import type { AgiCall } from './agi-server.ts'
import { measured } from './measured.ts'

const CALLER = new URL('../server/agi-caller.js', import.meta.url)

// what hurts those who quote and read as if nothing odd could come
const ODD = ['say "hi" now', 'a) b (c', 'back\\slash', 'ünï', 'x:y, z;', "it's 100%", '(', '"', 'a  b', '=5']
/** Longer than a thousand calls take, even where each waits once for what never comes. */
const MOST = 70_000
/** Longer than any answer takes: one that has not come then never does. */
const PATIENCE = 2_000

/** Serves AGI, is called, and says what it took. */
export const agiReader = (job: AgiJob): Promise<Outcome> => {
  switch (job.mode) {
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
