import { type Explained, reportTo } from 'amiable-settings'
import type { Io } from '../io.ts'

/** Prints an error on standard error, as text or as one line of JSON. Returns its exit status. */
export function report(io: Pick<Io, 'err'>, error: Explained, json: boolean): number {
  return reportTo(io.err, 'amiable', error, json)
}
