// Events out of a recording or a capture of the wire.
import { stat } from 'node:fs/promises'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import type { Watch } from './watch.ts'

/** Looks at the events of a recording in order. Returns the exit status. */
export async function watchRecording(io: Io, path: string, watch: Watch): Promise<number> {
  await stat(path).catch((error: Error) => {
    throw usage(`the recording ${path} cannot be read: ${error.message}`)
  })
  const { expectation } = watch.options
  expectation.begin()
  const { readEvents } = await import('amiable/testing')
  for await (const event of readEvents(path)) {
    if (io.signal.aborted || expectation.isOver) break
    await watch.takeAll({
      Event: event.Event,
      source: path,
      at: event.time ?? 0,
      headers: event.headers,
      getAll: (name) => [...event.getAll(name)],
      get: (name) => event.get(name),
      document: () => ({ time: event.time, session: event.session, data: event.toJSON() }),
    })
  }
  return expectation.isOver || !expectation.expects ? EXIT.done : EXIT.late
}
