import { quoted } from '../../errors.ts'

/** The outcome of a call: `'answered'`, or why it was not answered. */
export type OriginateOutcome =
  | 'answered'
  | 'busy'
  | 'noAnswer'
  | 'congestion'
  | 'hungUp'
  | 'failed'
  | 'notBooted'
  | 'noDriver'
  | 'shutDown'
  | 'unknown'

/** An outcome, and the same in words. */
export interface Verdict {
  readonly outcome: OriginateOutcome
  readonly meaning: string
}

/*
 * The reasons of OriginateResponse are control frames (include/asterisk/frame.h:ast_control_frame_type), chosen by
 * main/pbx.c:pbx_dial_reason and its predecessors from how the dialling ended.
 */
const reasons: Readonly<Record<number, Verdict>> = {
  1: { outcome: 'hungUp', meaning: 'hung up before it was answered' },
  2: { outcome: 'noAnswer', meaning: 'rang and was not answered in time' },
  3: { outcome: 'noAnswer', meaning: 'rang and was not answered in time' },
  4: { outcome: 'answered', meaning: 'answered' },
  5: { outcome: 'busy', meaning: 'busy' },
  8: { outcome: 'congestion', meaning: 'congestion: a line or a trunk had no room' },
}

// what was probably meant in seconds
const SHORT_RING = 1_000

/**
 * Returns what a reason says.
 * @param ringing how many milliseconds it may have rung
 */
export function byReason(success: boolean, reason: number | undefined, ringing: number): Verdict {
  const verdict = reason === undefined ? undefined : reasons[reason]
  if (success) return verdict?.outcome === 'answered' ? verdict : { outcome: 'answered', meaning: 'answered' }
  if (verdict?.outcome === 'noAnswer' && ringing < SHORT_RING) {
    const meaning = `rang for ${ringing} ms and was not answered; Timeout is in milliseconds`
    return { outcome: 'noAnswer', meaning }
  }
  if (verdict && verdict.outcome !== 'answered') return verdict
  return { outcome: 'failed', meaning: `failed, with reason ${reason ?? 'none'}` }
}

// Q.850 numbers (include/asterisk/causes.h), gathered as main/cdr.c:cdr_object_set_disposition does, and a bit further
const causes: Readonly<Record<number, OriginateOutcome>> = {
  16: 'hungUp',
  17: 'busy',
  18: 'noAnswer',
  19: 'noAnswer',
  21: 'hungUp',
  31: 'hungUp',
  34: 'congestion',
  42: 'congestion',
  44: 'congestion',
}

/** Returns what a failure means where the module that makes the channels, or the dialplan, was not loaded. */
export function noDriver(module: string): Verdict {
  const meaning = `not dialled: ${module} was not loaded, and nothing is known of the number; dial it again when it is`
  return { outcome: 'noDriver', meaning }
}

/** What a failure means of a server that shuts down: it hung up every channel (main/asterisk.c:can_safely_quit). */
export const shutDown: Verdict = {
  outcome: 'shutDown',
  meaning: 'hung up: the server shuts down, and nothing is known of the number; dial it again',
}

/** Returns what the channel's own Hangup says about a failure that Asterisk gives no other reason for (reason 0). */
export function byCause(
  cause: number | undefined,
  text: string | undefined,
  created: boolean,
  booting: boolean,
): Verdict {
  if (booting && !cause) {
    const meaning = 'not dialled: the server still boots, or may, and nothing is known of the number; dial it again'
    return { outcome: 'notBooted', meaning }
  }
  if (cause === undefined) {
    const meaning = created
      ? 'failed, for a reason that Asterisk does not give'
      : 'failed: no channel could be made; is there such a technology, is the peer known and reachable?'
    return { outcome: 'failed', meaning }
  }
  if (cause === 0) return { outcome: 'failed', meaning: 'failed: nothing there to dial, or nothing that took the call' }
  const outcome = causes[cause] ?? 'failed'
  const words = text === undefined || text === '' ? `cause ${cause}` : `${quoted(text)} (cause ${cause})`
  return { outcome, meaning: `${outcome === 'failed' ? 'failed' : 'ended before it was answered'}: ${words}` }
}
