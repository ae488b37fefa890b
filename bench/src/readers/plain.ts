import type { EventsJob, Outcome } from '../job.ts'
import { MARK, predicates, RARE } from '../predicates.ts'
import { mix, Recorder } from '../recorder.ts'
import { rawSocket } from './raw.ts'

/**
 * The plainest parse by hand: every message into an object, the last of a repeated header wins. No limits, no
 * correlation, no lists: what one would write in ten lines.
 */
const parser = (onMessage: (message: Record<string, string>) => void): ((text: string) => void) => {
  let rest = ''
  return (text) => {
    const messages = (rest + text).split('\r\n\r\n')
    rest = messages.pop()!
    for (const message of messages) {
      const object: Record<string, string> = {}
      for (const line of message.split('\r\n')) {
        const colon = line.indexOf(': ')
        object[line.slice(0, colon)] = line.slice(colon + 2)
      }
      onMessage(object)
    }
  }
}

const handler = (mode: EventsJob['mode'], recorder: Recorder): ((event: Record<string, string>) => void) => {
  if (mode === 'rare') {
    return (event) => {
      if (event.Event === RARE)
        recorder.three(event.Channel, event.CallerIDName ?? event.CallerIDname, event.Uniqueid ?? event.UniqueID)
    }
  }
  if (mode === 'predicates') {
    const ten = predicates<Record<string, string>>({ event: (e) => e.Event, get: (e, name) => e[name] })
    return (event) => {
      for (let i = 0; i < ten.length; i++) if (ten[i]!(event)) recorder.hit(i + 1)
    }
  }
  return (event) =>
    recorder.three(event.Channel, event.CallerIDName ?? event.CallerIDname, event.Uniqueid ?? event.UniqueID)
}

export const plainEvents = async (job: EventsJob): Promise<Outcome> => {
  if (job.mode === 'pairs') return pairsEvents(job)
  const recorder = new Recorder(job.rounds)
  const handle = handler(job.mode, recorder)
  const parse = parser((message) => {
    if (message.Event === undefined) return
    handle(message)
    if (message.Event === MARK) recorder.mark()
  })
  const socket = await rawSocket(job.target, 'on', parse as never)
  socket.setEncoding('utf8')
  return recorder.done
}

/** Every name and value in order, repeated ones too: the whole content, for the check and not for speed. */
const pairsEvents = async (job: EventsJob): Promise<Outcome> => {
  const recorder = new Recorder(job.rounds)
  let rest = ''
  const socket = await rawSocket(job.target, 'on', ((text: string) => {
    const messages = (rest + text).split('\r\n\r\n')
    rest = messages.pop()!
    for (const message of messages) {
      // Four events of the capture follow an empty line too many.
      const lines = message.replace(/^(?:\r\n)+/, '').split('\r\n')
      if (!lines[0]!.startsWith('Event: ')) continue
      if (lines[0] === `Event: ${MARK}`) {
        recorder.mark()
        continue
      }
      let h = recorder.sum
      for (const line of lines) {
        const colon = line.indexOf(':')
        h = mix(mix(h, line.slice(0, colon)), line.slice(colon + 1).replace(/^ /, '')) | 0
      }
      recorder.count++
      recorder.sum = h
    }
  }) as never)
  socket.setEncoding('utf8')
  return recorder.done
}
