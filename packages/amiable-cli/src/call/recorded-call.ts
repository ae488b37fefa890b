// A call out of a recording or a capture of the wire: read once to find it, and once more for its events.
import { stat } from 'node:fs/promises'
import { usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import { CallIndex, type Candidate } from './find-call.ts'
import { idsOf } from './kinship.ts'
import type { CallEvent } from './ladder.ts'

/** Returns the calls of a recording in the order in which they began. */
export async function recordedCalls(io: Io, path: string): Promise<Candidate[]> {
  await stat(path).catch((error: Error) => {
    throw usage(`the recording ${path} cannot be read: ${error.message}`)
  })
  const index = new CallIndex()
  for await (const event of eventsOf(io, path)) index.take(event)
  return index.calls()
}

/** Yields the events of one call. */
export async function* eventsOfCall(io: Io, path: string, { ids }: Candidate): AsyncGenerator<CallEvent> {
  for await (const event of eventsOf(io, path)) if (idsOf(event).some((id) => ids.has(id))) yield event
}

async function* eventsOf(io: Io, path: string): AsyncGenerator<CallEvent> {
  const { readEvents } = await import('amiable/testing')
  for await (const event of readEvents(path)) {
    if (io.signal.aborted) return
    const { Event, time, headers } = event
    yield { Event, at: time, headers, get: (name) => event.get(name), document: () => event.toJSON() }
  }
}
