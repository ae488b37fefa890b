import { limitChunks } from './chunks.ts'
import type { EventsJob, IdleJob, Job, ListJob, LoginsJob, Outcome, PingsJob, PingTurnsJob, TurnsJob } from './job.ts'
import { amiIo } from './peers/ami-io.ts'
import {
  amiableEvents,
  amiableIdle,
  amiableList,
  amiableLogins,
  amiablePings,
  amiablePingTurns,
} from './peers/amiable.ts'
import { asteriskAmiClient } from './peers/asterisk-ami-client.ts'
import { asteriskManager } from './peers/asterisk-manager.ts'
import { nami } from './peers/nami.ts'
import { type Peer, peerEvents, peerList, peerPings } from './peers/peer.ts'
import { yana } from './peers/yana.ts'
import { agiReader } from './readers/agi.ts'
import { agiTurns } from './readers/agi-turns.ts'
import { bytesEvents, bytesPings, bytesPingTurns } from './readers/bytes.ts'
import { framesPings } from './readers/frames.ts'
import { plainEvents } from './readers/plain.ts'
import { bytesIdle } from './readers/raw-idle.ts'
import { bytesLogins } from './readers/raw-logins.ts'
import { reusedEvents } from './readers/reused.ts'
import { stateReader } from './readers/state.ts'

interface Reader {
  readonly events?: (job: EventsJob) => Promise<Outcome>
  readonly pings?: (job: PingsJob) => Promise<Outcome>
  readonly pingTurns?: (job: PingTurnsJob) => Promise<() => Promise<Outcome>>
  readonly logins?: (job: LoginsJob) => Promise<Outcome>
  readonly list?: (job: ListJob) => Promise<Outcome>
  readonly idle?: (job: IdleJob) => Promise<Outcome>
}

const ofPeer = <E>(peer: Peer<E>): Reader => ({
  events: (job) => peerEvents(peer, job),
  pings: (job) => peerPings(peer, job),
  list: (job) => peerList(peer, job),
})

/** The library is loaded by its first job: it finds no room for the memory of its scanner then. */
function withoutScanner<J, O>(job: (job: J) => O): (job: J) => O {
  return (given) => {
    const engine = (globalThis as unknown as { WebAssembly: { Memory: unknown } }).WebAssembly
    engine.Memory = class {
      constructor() {
        throw new RangeError('no room')
      }
    }
    return job(given)
  }
}

const readers: Record<string, Reader> = {
  bytes: {
    events: bytesEvents,
    pings: bytesPings,
    pingTurns: bytesPingTurns,
    logins: bytesLogins,
    idle: bytesIdle,
  },
  reused: { events: reusedEvents },
  plain: { events: plainEvents },
  frames: { pings: framesPings },
  amiable: {
    events: amiableEvents,
    pings: amiablePings,
    pingTurns: amiablePingTurns,
    logins: amiableLogins,
    list: amiableList,
    idle: amiableIdle,
  },
  // ours as it is where there is no scanner
  careful: { events: withoutScanner(amiableEvents) },
  'ami-io': ofPeer(amiIo),
  'asterisk-manager': ofPeer(asteriskManager),
  'asterisk-ami-client': ofPeer(asteriskAmiClient),
  nami: ofPeer(nami),
  yana: ofPeer(yana),
}

/** A limit that the bytes of a reader went around makes no figure. */
const performLimited = async (job: Exclude<Job, TurnsJob>): Promise<Outcome> => {
  const limit = limitChunks(job.chunk)
  const outcome = await perform(job)
  if (limit.largest === limit.size) return outcome
  throw new Error(`${job.reader} was to read pieces of ${limit.size} bytes, the largest had ${limit.largest}`)
}

const perform = (job: Exclude<Job, TurnsJob>): Promise<Outcome> => {
  if (job.kind === 'agi') return agiReader(job)
  if (job.kind === 'state') return stateReader(job)
  const reader = readers[job.reader]!
  const missing = (): Promise<never> => Promise.reject(new Error(`${job.reader} has no ${job.kind}`))
  switch (job.kind) {
    case 'events':
      return reader.events?.(job) ?? missing()
    case 'pings':
      return reader.pings?.(job) ?? missing()
    case 'logins':
      return reader.logins?.(job) ?? missing()
    case 'list':
      return reader.list?.(job) ?? missing()
    case 'idle':
      return reader.idle?.(job) ?? missing()
  }
}

const turns = (job: TurnsJob): Promise<() => Promise<Outcome>> => {
  if (job.kind === 'agi-turns') return agiTurns(job)
  return readers[job.reader]!.pingTurns?.(job) ?? Promise.reject(new Error(`${job.reader} has no ${job.kind}`))
}

const job = JSON.parse(process.argv[2]!) as Job
if (job.kind === 'agi-turns' || job.kind === 'ping-turns') {
  process.on('disconnect', () => process.exit(0))
  const turn = await turns(job)
  process.on('message', async () => process.send!(await turn()))
  process.send!('ready')
} else {
  const outcome = await (job.chunk > 0 ? performLimited(job) : perform(job))
  // Some peers close badly; the figure is taken, so the process just ends.
  process.send!(outcome, () => process.exit(0))
}
