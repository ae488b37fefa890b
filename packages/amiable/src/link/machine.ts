/** The state of a client. */
export type State = 'idle' | 'connecting' | 'authenticating' | 'ready' | 'waiting' | 'closing' | 'closed'

/** What can happen to it. */
export type Input =
  /** The user asks for a connection. */
  | 'connect'
  /** The socket is up, and TLS with it. */
  | 'opened'
  /** The server took the login. */
  | 'accepted'
  /** The attempt failed or the connection was lost, and the policy returned a delay. */
  | 'interrupted'
  /** The attempt failed or the connection was lost, and the policy returned `false`. */
  | 'abandoned'
  /** The delay before the next attempt is over. */
  | 'elapsed'
  /** The user asks for a graceful end. */
  | 'close'
  /** The calls in flight have settled, and the Logoff is done or its time is over. */
  | 'drained'
  /** The user asks for an end at once. */
  | 'destroy'

/** What is to be done about it. */
export type Effect =
  /** Open a socket under a new epoch. */
  | 'open'
  /** Await the banner and log in. */
  | 'login'
  /** Let the waiting calls go and start the keepalive. */
  | 'announce'
  /** Take the socket down; whatever comes of it belongs to a past epoch. */
  | 'drop'
  /** Start the delay before the next attempt. */
  | 'wait'
  /** Stop the delay. */
  | 'stopWaiting'
  /** Let calls in flight finish, then say Logoff. */
  | 'drain'
  /** Settle everything: no state follows. */
  | 'finish'

/** The state that follows, and what is to be done, in order. */
interface Step {
  readonly state: State
  readonly effects: readonly Effect[]
}
type Row = Partial<Record<Input, Step>>

const to = (state: State, ...effects: Effect[]): Step => ({ state, effects })

/**
 * The life of a client, complete: for each state what each input leads to. An input that is not listed changes nothing.
 */
export const transitions: Readonly<Record<State, Row>> = {
  idle: {
    connect: to('connecting', 'open'),
    close: to('closed', 'finish'),
    destroy: to('closed', 'finish'),
  },
  connecting: {
    opened: to('authenticating', 'login'),
    interrupted: to('waiting', 'drop', 'wait'),
    abandoned: to('closed', 'drop', 'finish'),
    close: to('closed', 'drop', 'finish'),
    destroy: to('closed', 'drop', 'finish'),
  },
  authenticating: {
    accepted: to('ready', 'announce'),
    interrupted: to('waiting', 'drop', 'wait'),
    abandoned: to('closed', 'drop', 'finish'),
    close: to('closed', 'drop', 'finish'),
    destroy: to('closed', 'drop', 'finish'),
  },
  ready: {
    interrupted: to('waiting', 'drop', 'wait'),
    abandoned: to('closed', 'drop', 'finish'),
    close: to('closing', 'drain'),
    destroy: to('closed', 'drop', 'finish'),
  },
  waiting: {
    elapsed: to('connecting', 'open'),
    close: to('closed', 'stopWaiting', 'finish'),
    destroy: to('closed', 'stopWaiting', 'finish'),
  },
  closing: {
    drained: to('closed', 'drop', 'finish'),
    interrupted: to('closed', 'drop', 'finish'),
    abandoned: to('closed', 'drop', 'finish'),
    destroy: to('closed', 'drop', 'finish'),
  },
  closed: {},
}

/** Returns the state that follows, and what is to be done, in order. */
export function step(state: State, input: Input): Step {
  return transitions[state][input] ?? { state, effects: [] }
}
