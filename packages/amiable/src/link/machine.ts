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
type Step = readonly [State, readonly Effect[]]
type Row = Partial<Record<Input, Step>>

/**
 * The life of a client, complete: for each state what each input leads to. An input that is not listed changes nothing.
 */
export const transitions: Readonly<Record<State, Row>> = {
  idle: {
    connect: ['connecting', ['open']],
    close: ['closed', ['finish']],
    destroy: ['closed', ['finish']],
  },
  connecting: {
    opened: ['authenticating', ['login']],
    interrupted: ['waiting', ['drop', 'wait']],
    abandoned: ['closed', ['drop', 'finish']],
    close: ['closed', ['drop', 'finish']],
    destroy: ['closed', ['drop', 'finish']],
  },
  authenticating: {
    accepted: ['ready', ['announce']],
    interrupted: ['waiting', ['drop', 'wait']],
    abandoned: ['closed', ['drop', 'finish']],
    close: ['closed', ['drop', 'finish']],
    destroy: ['closed', ['drop', 'finish']],
  },
  ready: {
    interrupted: ['waiting', ['drop', 'wait']],
    abandoned: ['closed', ['drop', 'finish']],
    close: ['closing', ['drain']],
    destroy: ['closed', ['drop', 'finish']],
  },
  waiting: {
    elapsed: ['connecting', ['open']],
    close: ['closed', ['stopWaiting', 'finish']],
    destroy: ['closed', ['stopWaiting', 'finish']],
  },
  closing: {
    drained: ['closed', ['drop', 'finish']],
    interrupted: ['closed', ['drop', 'finish']],
    abandoned: ['closed', ['drop', 'finish']],
    destroy: ['closed', ['drop', 'finish']],
  },
  closed: {},
}

const nothing: readonly Effect[] = []

/** Returns the state that follows, and what is to be done, in order. */
export function step(state: State, input: Input): Step {
  return transitions[state][input] ?? [state, nothing]
}
