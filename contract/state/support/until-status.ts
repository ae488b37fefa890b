import type { State } from 'amiable/state'

/** Resolves when it is so, as its statuses come; rejects where the picture ends before. `what` says what was to come. */
export async function untilStatus(state: Pick<State, 'status'>, what: string, isSo: () => boolean): Promise<void> {
  if (isSo()) return
  for await (const _ of state.status()) if (isSo()) return
  throw new Error(`the picture ended before ${what}`)
}
