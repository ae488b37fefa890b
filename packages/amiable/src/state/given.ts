/** The parts of records that are not frozen when they are made. */
interface Parts {
  readonly caller?: unknown
  readonly connected?: unknown
  readonly channels?: unknown
}

/**
 * Freezes a record with all its parts, for whoever gets it: what somebody has is never changed, but replaced. Nobody may
 * ever see most of what events make. So the parts that they make most often are frozen here, and not where they are made.
 */
export function given<T>(record: T): T {
  if (Object.isFrozen(record)) return record
  const { caller, connected, channels } = record as Parts
  Object.freeze(caller)
  Object.freeze(connected)
  Object.freeze(channels)
  return Object.freeze(record)
}
