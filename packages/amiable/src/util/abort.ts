/*
 * A single listener on a signal, however many callbacks wait for it. A signal may live as long as its program and serve
 * any number of calls. Node warns of the eleventh listener, and the removal of one listener searches through all of
 * them.
 */
interface Waiting {
  readonly callbacks: Set<() => void>
  fire(): void
}

const waitingFor = new WeakMap<AbortSignal, Waiting>()

/**
 * Calls `callback` when the signal aborts; a signal that has aborted already calls nothing back.
 * @returns takes the callback back; a signal that nobody waits for any more keeps no listener
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined || signal.aborted) return () => {}
  const { callbacks } = waitingFor.get(signal) ?? listenTo(signal)
  callbacks.add(callback)
  return () => {
    if (callbacks.delete(callback) && callbacks.size === 0) leave(signal)
  }
}

function listenTo(signal: AbortSignal): Waiting {
  const callbacks = new Set<() => void>()
  const fire = () => {
    leave(signal)
    for (const callback of callbacks) callback()
  }
  const waiting = { callbacks, fire }
  signal.addEventListener('abort', fire)
  waitingFor.set(signal, waiting)
  return waiting
}

function leave(signal: AbortSignal): void {
  const waiting = waitingFor.get(signal)
  if (waiting) signal.removeEventListener('abort', waiting.fire)
  waitingFor.delete(signal)
}
