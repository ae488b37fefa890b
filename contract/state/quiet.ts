import { setTimeout as sleep } from 'node:timers/promises'
import type { AmiEvent, Client } from 'amiable'
import { caughtUp } from '../support/client.ts'

// how long nothing comes at a quiet point
const SILENCE = 300
const PATIENCE = 30_000

/** Waits for a quiet point: all that the server had to say has been heard, and for 300 ms it says nothing more. */
export async function quiet(ami: Client): Promise<void> {
  const until = performance.now() + PATIENCE
  let last: { at: number; event: AmiEvent | undefined } = { at: performance.now(), event: undefined }
  const listener = ami.on('*', (event) => {
    last = { at: performance.now(), event }
  })
  try {
    for (;;) {
      await caughtUp(ami)
      const fenced = performance.now()
      while (performance.now() - last.at < SILENCE) await sleep(SILENCE / 6)
      if (last.at <= fenced) return
      if (performance.now() > until) throw new Error(`the server is not quiet after ${PATIENCE} ms: ${last.event}`)
    }
  } finally {
    listener.remove()
  }
}
