import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AmiEvent, Client } from 'amiable'
import { nextEvent } from '../support/client.ts'

/** The global variable that is set at a quiet point. */
export const FENCE = 'AMIABLE_FENCE'

// how long nothing comes at a quiet point
const SILENCE = 300
const PATIENCE = 30_000

/**
 * Waits for a quiet point: all that the server had to say has been heard, and for 300 ms it says nothing more. A global
 * variable's VarSet comes back through the router that brings the events of channels, bridges, queues and devices.
 */
export async function quiet(ami: Client): Promise<void> {
  const until = performance.now() + PATIENCE
  let last: { at: number; event: AmiEvent | undefined } = { at: performance.now(), event: undefined }
  const listener = ami.on('*', (event) => {
    last = { at: performance.now(), event }
  })
  try {
    for (;;) {
      const Value = randomUUID()
      const back = nextEvent(ami, 'VarSet', (event) => event.get('Value') === Value)
      await ami.send('Setvar', { Variable: FENCE, Value })
      await back
      const fenced = performance.now()
      while (performance.now() - last.at < SILENCE) await sleep(SILENCE / 6)
      if (last.at <= fenced) return
      if (performance.now() > until) throw new Error(`the server is not quiet after ${PATIENCE} ms: ${last.event}`)
    }
  } finally {
    listener.remove()
  }
}
