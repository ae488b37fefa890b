import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findRunning } from '../../tools/servers/asterisk/asterisk.ts'
import type { Target } from '../targets.ts'

/** Runs something while these lines stand behind those of the server's manager.conf; one character is one byte. */
export async function withManagerConf<T>({ version, name }: Target, more: string, run: () => Promise<T>): Promise<T> {
  const server = findRunning(version as 22 | 16)
  if (server === undefined) throw new Error(`${name} does not run`)
  const file = join(server.root, 'etc/asterisk/manager.conf')
  const before = readFileSync(file)
  try {
    appendFileSync(file, Buffer.from(more, 'latin1'))
    await server.cli('manager reload')
    return await run()
  } finally {
    writeFileSync(file, before)
    await server.cli('manager reload')
  }
}
