// What is missing from the events that are printed, said where it is missing.
import type { Status } from 'amiable'
import { messageOf } from '../errors/limit-words.ts'
import { countText } from '../output/size.ts'
import { spell } from '../output/time.ts'

/** Says that lines were dropped. */
export function droppedText(count: number): string {
  return `-- ${countText(count)} ${count === 1 ? 'event' : 'events'} lost: whatever reads this is too slow`
}

const BEFORE = '; events before that may be missing'

/** Says what a status means for the events; `undefined` for one that means nothing. */
export function statusText(status: Status): string | undefined {
  switch (status.type) {
    case 'lost':
      return `-- connection lost: ${status.error.message}${status.eventsMissing ? BEFORE : ''}`
    case 'ready':
      return status.gap === null
        ? undefined
        : `-- connected again after ${spell(status.gap)}: the events of that time are missing`
    case 'slow':
      return status.dropped > 0 ? droppedText(status.dropped) : undefined
    case 'unheard':
      // a name that no server sends was said at the start
      if (status.meant !== undefined || status.classes.length === 0) return undefined
      return `-- ${status.event} cannot come: the login does not ask for ${status.classes.join(', ')}`
    case 'fault':
      return `-- skipped: ${messageOf(status.error)}`
    default:
      return undefined
  }
}

/** Returns the last line of a watch: `3 events in 2m39s, none lost`. */
export function summary(seen: number, took: number, lost: number, cuts = 0): string {
  const events = `${countText(seen)} ${seen === 1 ? 'event' : 'events'} in ${spell(took)}`
  if (cuts === 0) return `${events}, ${lost === 0 ? 'none' : countText(lost)} lost`
  const times = `the connection was lost ${cuts === 1 ? 'once' : `${countText(cuts)} times`}`
  return `${events}${lost === 0 ? '' : `, ${countText(lost)} lost`}; ${times}, and the events of that time are missing`
}
