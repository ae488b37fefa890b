import { type AmiError, LostError, TimeoutError } from '../../errors.ts'

/** A call that is being set up, as its errors name it. */
interface Named {
  readonly actionId: string
  readonly channelId: string
}

/** Makes the error of a call that the server has accepted, and whose outcome nobody will report. */
export function lostAttempt(source: string, { actionId, channelId }: Named, cause: AmiError): LostError {
  const text =
    `${source}: the connection was lost while a call was being set up, and the server goes on with it: ` +
    `look for the Uniqueid ${channelId} or the ActionID ${actionId}`
  return new LostError(text, { source, delivered: 'unknown', actionId, channelId, cause })
}

/** Makes the error for a call whose outcome never came. */
export function timedOutAttempt(source: string, { actionId, channelId }: Named, limit: number): TimeoutError {
  const text =
    `${source}: no OriginateResponse for ${actionId} (Uniqueid ${channelId}) within ` +
    `${limit} ms; the server does not send it to an account without the read right 'call', ` +
    'if an event filter leaves it out, or after the action Events has set another mask'
  return new TimeoutError(text, { source, delivered: 'unknown', channelId })
}

/** Adds to what became of the action which channel to look for, where the server may have run it. */
export function withChannel(error: unknown, { channelId }: Named): unknown {
  if (!(error instanceof LostError || error instanceof TimeoutError) || error.delivered === 'no') return error
  const { source, delivered, cause } = error
  const text = `${error.message}; look for the Uniqueid ${channelId}`
  return error instanceof LostError
    ? new LostError(text, { source, delivered, cause, channelId, actionId: error.actionId })
    : new TimeoutError(text, { source, delivered, cause, channelId })
}
