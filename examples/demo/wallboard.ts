import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { step, under } from './terminal.ts'

const BIN = fileURLToPath(new URL('../../packages/amiable-wallboard/bin/amiable-wallboard.cjs', import.meta.url))

/** Opens the wallboard before a simulated call centre, and says where it is, until the demo is ended. */
export async function showWallboard(signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [BIN, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = () => child.kill()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    child.stdout.setEncoding('utf8').on('data', (said: string) => {
      const [url] = /https?:\/\/\S+/.exec(said) ?? []
      if (url === undefined) return
      step('wallboard', `open ${url} in a browser`)
      under('A simulated call centre: five queues, fourteen people, and calls. ^C ends it.')
    })
    const [status] = (await once(child, 'close')) as [number | null]
    signal.throwIfAborted()
    if (status !== 0) throw new Error(`amiable-wallboard ended with ${status}`)
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}
