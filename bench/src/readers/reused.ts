import { connect } from 'node:net'
import type { EventsJob, Outcome } from '../job.ts'
import { Recorder } from '../recorder.ts'
import { loginOf } from './raw.ts'

const CR = 13
const END = Buffer.from('\r\n\r\n')
/** What libuv asks for of its own accord. */
const SIZE = 65_536

/** Counts message ends as `endCounter` does, and keeps no bytes: only how much of an end the last ones were. */
export const endsInPlace = (): ((bytes: Uint8Array) => number) => {
  let begun = 0
  return (bytes) => {
    const { length } = bytes
    let found = 0
    let from = 0
    // an end that lies across two reads
    for (; begun > 0 && from < length; from++) {
      if (bytes[from] === END[begun]) begun++
      else begun = bytes[from] === CR ? 1 : 0
      if (begun === END.length) {
        found++
        begun = 0
      }
    }
    if (begun > 0) return found
    const buffer = bytes as Buffer
    for (let at = buffer.indexOf(END, from); at !== -1; at = buffer.indexOf(END, from)) {
      found++
      from = at + END.length
    }
    begun = Math.min(3, length - from)
    while (begun > 0 && buffer.compare(END, 0, begun, length - begun, length) !== 0) begun--
    return found
  }
}

/**
 * The floor below `bytes`, which allocates a buffer for each read: a socket that reads into one buffer again and again,
 * and the search for message ends where the bytes lie.
 */
export const reusedEvents = async (job: EventsJob): Promise<Outcome> => {
  const recorder = new Recorder(job.rounds)
  const count = endsInPlace()
  const buffer = Buffer.allocUnsafeSlow(SIZE)
  let next = 2 + job.warm + 1
  let seen = 0
  const take = (length: number): boolean => {
    seen += count(length === SIZE ? buffer : buffer.subarray(0, length))
    while (seen >= next) {
      recorder.count = job.perRound
      recorder.mark()
      next += job.perRound
    }
    return true
  }
  const { host, port } = job.target
  const socket = connect({ host, port, noDelay: true, onread: { buffer, callback: take } })
  socket.on('error', (error) => {
    throw error
  })
  socket.once('connect', () => socket.write(loginOf(job.target, 'on')))
  return recorder.done
}
