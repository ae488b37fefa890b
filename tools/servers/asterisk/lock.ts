// One holder at a time, over all processes. The kernel drops the lock when its holder dies, so none is ever stale.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true })
  // flock holds it for as long as cat reads, and cat reads until our end of the pipe closes.
  const holder = spawn('flock', [file, 'sh', '-c', 'echo held; exec cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true, // Ctrl-C goes to us; the lock follows when we end
  })
  const gone = once(holder, 'exit')
  await Promise.race([
    once(holder.stdout, 'data'),
    gone.then(() => {
      throw new Error(`flock ${file} failed`)
    }),
  ])
  try {
    return await work()
  } finally {
    holder.stdin.end()
    await gone
  }
}
