// no timer of a process that runs is so late
const LATE = 100
// what lies in the sockets is read within this time
const GRACE = 1_000

/**
 * Calls back when so many milliseconds are over. A process that was stopped has not read yet what came meanwhile: it
 * reads that first.
 * @returns what takes it back
 */
export function timeLimit(milliseconds: number, over: () => void): () => void {
  const due = performance.now() + milliseconds
  let timer = setTimeout(() => {
    const late = performance.now() - due
    if (late < LATE) over()
    else timer = setTimeout(over, Math.min(late, GRACE))
  }, milliseconds)
  return () => clearTimeout(timer)
}
