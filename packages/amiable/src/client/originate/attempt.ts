import type { Timer } from '../../util/clock.ts'
import type { Deferred } from '../../util/deferred.ts'
import type { Params } from '../../wire/encoder.ts'
import type { Message } from '../../wire/message.ts'
import type { Begun } from '../calls/call.ts'
import type { Verdict } from './outcome.ts'

/** A call from its dialling to its outcome. */
export interface AttemptOf<R> {
  /** How many milliseconds it may ring. */
  readonly ringing: number
  readonly actionId: string
  readonly channelId: string
  readonly channel: string
  readonly limit: number
  /** When the outcome must be known. */
  readonly deadline: number
  readonly answer: Deferred<R>
  /** The server has accepted it: from here on it goes its way, link or no link. */
  accepted: boolean
  /** Its channel has shown itself: it was made after the action had left. */
  created: boolean
  /** The caller chose the channel's id, so that another channel can have it: only one that was created is known as its own. */
  readonly given: boolean
  call: Begun | undefined
  hangup: { readonly cause: number | undefined; readonly text: string | undefined } | undefined
  event: Message | undefined
  /** An OriginateResponse that came before the answer to the action. */
  early: Message | undefined
  /** The one of both that counts as held. */
  held: Message | undefined
  timer: Timer | undefined
  /** The server took it while it booted, or may have. */
  booting: boolean
  /** The server is asked why it failed. */
  asking: boolean
  /** What is known of that. */
  verdict: Verdict | undefined
  /** Given up by its caller; what is left to do is hanging it up. */
  aborted: boolean
  unlisten: () => void
}

/** Returns the parameters of the action, with ids that no other call has. */
export function withIds(
  params: object,
  given: ReadonlyMap<string, unknown>,
  channel: string,
  channelId: string,
): Params {
  const own: Record<string, string | boolean> = { Async: true, ChannelId: channelId }
  // main/core_unreal.c:ast_unreal_new_channels would choose the same; so it does in every version
  if (isLocal(channel) && !given.has('otherchannelid')) own.OtherChannelId = `${channelId};2`
  const kept = Object.entries(params).filter(([name]) => !['async', 'channelid'].includes(name.toLowerCase()))
  return { ...Object.fromEntries(kept), ...own }
}

/** Whether it is a channel into the dialplan, which can always be made. */
export function isLocal(channel: string): boolean {
  return /^local\//i.test(channel)
}

/** Returns the number that a header holds, if any. */
export function numberOf(value: string | undefined): number | undefined {
  return value === undefined || value === '' || Number.isNaN(Number(value)) ? undefined : Number(value)
}
