import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findNats } from './nats.ts'

const BIN = fileURLToPath(new URL('../../packages/amiable-gateway/bin/amiable-gateway.cjs', import.meta.url))

/** Runs `amiable-gateway demo` with the nats-server of this machine, or of the tests. */
export async function showGateway(signal: AbortSignal): Promise<void> {
  const words = ['demo', '--nats-server', await findNats()]
  const child = spawn(process.execPath, [BIN, ...words], { stdio: ['ignore', 'inherit', 'inherit'] })
  const stop = () => child.kill()
  signal.addEventListener('abort', stop, { once: true })
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  process.exitCode = status ?? 1
}
