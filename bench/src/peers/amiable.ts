import { inspect } from 'node:util'
import type { EventsJob, IdleJob, ListJob, LoginsJob, Outcome, PingsJob, PingTurnsJob, Target } from '../job.ts'
import { MARK, predicates, RARE } from '../predicates.ts'
import { idleMemory } from '../readers/idle-memory.ts'
import { loginLoop } from '../readers/login-loop.ts'
import { type Pings, pingsOf, pingTurns, timedPings } from '../readers/ping-loop.ts'
import { mix, Recorder } from '../recorder.ts'
import { type AmiClient, type AmiEvent, loadAmiable } from './amiable-api.ts'

const options = (target: Target): Record<string, unknown> => ({ ...target, reconnect: false })

const open = async (target: Target, more: Record<string, unknown> = {}): Promise<AmiClient> => {
  const { createClient } = await loadAmiable()
  return createClient({ ...options(target), ...more })
}

/** A run that lost its link must say so and not wait for marks that never come. */
const lost = (reason: unknown): never => {
  throw new Error(`the client closed: ${inspect(reason, { breakLength: Number.POSITIVE_INFINITY }).slice(0, 300)}`)
}

/** A client that drops reads only a part, maybe not the mark either: such a run is no figure. */
const dropping = (client: AmiClient): Promise<never> =>
  new Promise((_, reject) => {
    setInterval(() => {
      const { dropped } = client.stats()
      if (dropped > 0)
        reject(new Error(`dropped ${dropped.toLocaleString('en')} events: listeners slower than the server`))
    }, 500).unref()
  })

type Handlers = Record<string, (client: AmiClient, recorder: Recorder) => void>

/** How each case listens. Marks come by name, and the `*` listener sees them as well, as it does with the peers. */
const listen: Handlers = {
  three: (client, recorder) =>
    client.on('*', (event) => recorder.three(event.get('Channel'), event.get('CallerIDName'), event.get('Uniqueid'))),
  typed: (client, recorder) =>
    client.on('*', (event) => recorder.three(event.Channel, event.CallerIDName, event.Uniqueid)),
  json: (client, recorder) =>
    client.on('*', (event) => {
      const all = event.toJSON()
      recorder.three(all.Channel, all.CallerIDName ?? all.CallerIDname, all.Uniqueid ?? all.UniqueID)
    }),
  rare: (client, recorder) =>
    client.on(RARE, (event) => recorder.three(event.get('Channel'), event.get('CallerIDName'), event.get('Uniqueid'))),
  predicates: (client, recorder) => {
    const ten = predicates<AmiEvent>({ event: (e) => e.Event, get: (e, name) => e.get(name) })
    ten.forEach((matches, i) => {
      client.on(matches, () => recorder.hit(i + 1))
    })
  },
  pairs: (client, recorder) =>
    client.on('*', (event) => {
      if (event.Event === MARK) return
      let h = recorder.sum
      for (const [name, value] of event.headers) h = mix(mix(h, name), value) | 0
      recorder.count++
      recorder.sum = h
    }),
}

export const amiableEvents = async (job: EventsJob): Promise<Outcome> => {
  if (job.mode === 'fleet') return fleetEvents(job)
  const recorder = new Recorder(job.rounds)
  const pending = job.pending ?? 0
  const client = await open(job.target, pending > 0 ? { maxInFlight: pending + 16, maxQueued: pending + 16 } : {})
  if (job.mode === 'iterator') {
    void iterate(client, recorder)
  } else {
    listen[job.mode]!(client, recorder)
    for (let i = 0; i < (job.listeners ?? 0); i++) client.on(`Never${i}`, () => recorder.hit(1))
    client.on(MARK, () => recorder.mark())
  }
  await client.connect()
  for (let i = 0; i < pending; i++) client.sendRaw('BenchHold', {}, { timeout: 600_000 }).catch(() => {})
  return Promise.race([recorder.done, client.closed.then(lost), dropping(client)])
}

/** The default capacity: what a program gets that says nothing. */
const iterate = async (client: AmiClient, recorder: Recorder): Promise<void> => {
  for await (const event of client.events('*')) {
    recorder.three(event.get('Channel'), event.get('CallerIDName'), event.get('Uniqueid'))
    if (event.Event === MARK) recorder.mark()
  }
}

/**
 * Several connections at once. The first of the rounds warms up; the clock runs from when the last source has passed it
 * to when all are done, and counts what came in between.
 */
const fleetEvents = async (job: EventsJob): Promise<Outcome> => {
  const sources = job.sources ?? 10
  const { createFleet } = await loadAmiable()
  const fleet = createFleet(Array.from({ length: sources }, (_, i) => ({ ...options(job.target), name: `pbx${i}` })))
  const recorder = new Recorder(1)
  const passed = new Map<string, number>()
  let warm = 0
  let finished = 0
  let before = 0
  let started = { at: 0, cpu: process.cpuUsage() }
  let resolve!: (outcome: Outcome) => void
  const done = new Promise<Outcome>((r) => {
    resolve = r
  })
  fleet.on('*', (event) => recorder.three(event.get('Channel'), event.get('CallerIDName'), event.get('Uniqueid')))
  fleet.on(MARK, (event) => {
    const marks = (passed.get(event.source) ?? 0) + 1
    passed.set(event.source, marks)
    if (marks === 2 && ++warm === sources) {
      started = { at: performance.now(), cpu: process.cpuUsage() }
      before = recorder.count
    }
    if (marks === job.rounds + 1 && ++finished === sources) {
      const { user, system } = process.cpuUsage(started.cpu)
      // A listener that came first has counted this last mark already, one that comes after has not: look a turn later.
      const units = recorder.count - before
      const wallMs = performance.now() - started.at
      setImmediate(() =>
        resolve({
          units,
          wallMs,
          cpuMs: (user + system) / 1000,
          rss: [process.memoryUsage.rss()],
          count: recorder.count,
          sum: recorder.sum,
          steady: true,
        }),
      )
    }
  })
  await fleet.connect()
  return done
}

const pings = async (target: Target, inFlight: number): Promise<Pings> => {
  const client = await open(target, { events: 'off', maxInFlight: Math.max(256, inFlight) })
  await client.connect()
  return pingsOf(async () => {
    const pong = await client.send('Ping')
    if (pong.get('Ping') !== 'Pong') throw new Error('not a Pong')
  }, inFlight)
}

export const amiablePings = async (job: PingsJob): Promise<Outcome> =>
  timedPings(await pings(job.target, job.inFlight), job)

export const amiablePingTurns = async (job: PingTurnsJob): Promise<() => Promise<Outcome>> =>
  pingTurns(await pings(job.target, 1), job)

export const amiableLogins = async (job: LoginsJob): Promise<Outcome> => {
  const { createClient } = await loadAmiable()
  if (job.again) {
    const client = createClient({ ...job.target, reconnect: () => 0 })
    const statuses = client.status()
    const ready = async (): Promise<void> => {
      while ((await statuses.next()).value?.type !== 'ready') {}
    }
    await client.connect()
    await ready()
    return loginLoop(async () => {
      await client.sendRaw('Logoff')
      await ready()
      await client.send('Ping')
    }, job)
  }
  return loginLoop(async () => {
    const client = createClient(options(job.target))
    await client.connect()
    await client.send('Ping')
    client.destroy()
  }, job)
}

export const amiableList = async (job: ListJob): Promise<Outcome> => {
  const client = await open(job.target)
  await client.connect()
  const rss = [process.memoryUsage.rss()]
  const started = performance.now()
  const cpu = process.cpuUsage()
  let units = 0
  let sum = 0
  const eat = (row: AmiEvent): void => {
    sum = (sum + mix(mix(17, row.get('Channel')), row.get('CallerIDName'))) | 0
    if (++units % 25_000 === 0) rss.push(process.memoryUsage.rss())
  }
  if (job.mode === 'send') {
    const reply = await client.send('CoreShowChannels', {}, { timeout: 120_000 })
    for (const row of reply.events) eat(row)
  } else {
    for await (const row of client.list('CoreShowChannels')) eat(row)
  }
  const wallMs = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  return { units, wallMs, cpuMs: (user + system) / 1000, rss, count: units, sum, steady: true }
}

export const amiableIdle = async (job: IdleJob): Promise<Outcome> => {
  const { createFleet } = await loadAmiable()
  const fleets: unknown[] = []
  return idleMemory(job, (count) => {
    const part = fleets.length
    const members = Array.from({ length: count }, (_, i) => ({ ...options(job.target), name: `pbx${part}-${i}` }))
    const fleet = createFleet(members)
    fleets.push(fleet)
    return fleet.connect()
  })
}
