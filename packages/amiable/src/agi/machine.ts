/** Where a session stands with its channel. */
export type State = 'live' | 'fencing' | 'dead' | 'deadFencing' | 'ending' | 'ended'

/** What can happen to it. */
export type Input =
  /** Bytes have come, or will, of which it is not sure to which command they belong. */
  | 'doubt'
  /** The fence's answer came: whatever was sent before it is over. */
  | 'fenced'
  /** The channel is gone for the session: it hung up, or was sent elsewhere. */
  | 'hangup'
  /** The handler has ended, or wants to. */
  | 'finish'
  /** The connection is closed, or AsyncAGI has left. */
  | 'lost'

/** What is to be done about it. */
export type Effect =
  /** Send a command whose answer cannot be mistaken. */
  | 'fence'
  /** Send what waits. */
  | 'resume'
  /** Abort the signal, and reject what needs a living channel. */
  | 'mourn'
  /** Reject what waits and what is under way. */
  | 'refuse'
  /** Give the call back to the dialplan. */
  | 'release'
  /** Settle everything: no state follows. */
  | 'settle'

type Step = readonly [State, readonly Effect[]]
type Row = Record<Input, readonly [State, ...Effect[]]>

/** The life of a session: for each state what each input leads to. */
export const transitions: Readonly<Record<State, Row>> = {
  live: {
    doubt: ['fencing', 'fence'],
    fenced: ['live'],
    hangup: ['dead', 'mourn', 'resume'],
    finish: ['ending', 'refuse', 'release'],
    lost: ['ended', 'mourn', 'settle'],
  },
  fencing: {
    doubt: ['fencing'],
    fenced: ['live', 'resume'],
    hangup: ['deadFencing', 'mourn'],
    finish: ['ending', 'refuse', 'release'],
    lost: ['ended', 'mourn', 'settle'],
  },
  dead: {
    doubt: ['deadFencing', 'fence'],
    fenced: ['dead'],
    // AGIEXITONHANGUP says it twice
    hangup: ['dead'],
    finish: ['ending', 'refuse', 'release'],
    lost: ['ended', 'settle'],
  },
  deadFencing: {
    doubt: ['deadFencing'],
    fenced: ['dead', 'resume'],
    hangup: ['deadFencing'],
    finish: ['ending', 'refuse', 'release'],
    lost: ['ended', 'settle'],
  },
  ending: {
    doubt: ['ending'],
    fenced: ['ending'],
    // run_agi says it at the normal end too
    hangup: ['ending'],
    finish: ['ending'],
    lost: ['ended', 'settle'],
  },
  ended: {
    doubt: ['ended'],
    fenced: ['ended'],
    hangup: ['ended'],
    finish: ['ended'],
    lost: ['ended'],
  },
}

// each step made once: a session takes several
const steps = Object.fromEntries(
  Object.entries(transitions).map(([state, row]) => [
    state,
    Object.fromEntries(
      Object.entries(row).map(([input, [next, ...effects]]): [string, Step] => [input, [next, effects]]),
    ),
  ]),
) as Record<State, Record<Input, Step>>

/** Returns the state that follows, and what is to be done, in order. */
export function step(state: State, input: Input): Step {
  return steps[state][input]
}
