/** Aborts with a signal, or after a time. `AbortSignal.any` may be collected before its timer is over. */
export function overAfter(signal: AbortSignal, milliseconds: number | undefined): AbortSignal {
  if (milliseconds === undefined) return signal
  const over = new AbortController()
  setTimeout(() => over.abort(), milliseconds)
  signal.addEventListener('abort', () => over.abort(), { once: true })
  return over.signal
}

/** Rejects with the signal's reason as soon as that ends the command, whatever the work still waits for. */
export function untilEnded<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason)
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end))
  })
}
