/** Aborts with a signal, or after a time. `AbortSignal.any` may be collected before its timer is over. */
export function overAfter(signal: AbortSignal, milliseconds: number | undefined): AbortSignal {
  if (milliseconds === undefined) return signal
  const over = new AbortController()
  setTimeout(() => over.abort(), milliseconds)
  signal.addEventListener('abort', () => over.abort(), { once: true })
  return over.signal
}
