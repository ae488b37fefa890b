// The files of a real server while a test has others in their place.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RunningAsterisk } from '../../../tools/servers/asterisk/asterisk.ts'

/** Files by their path in the server's root. */
export type Texts = Readonly<Record<string, string>>

/** Runs something while these files of a server are others. `take` makes the server take them, and take them back. */
export async function withFiles<T>(
  server: RunningAsterisk,
  texts: Texts,
  take: () => Promise<unknown>,
  run: () => Promise<T>,
): Promise<T> {
  const before = Object.keys(texts).map((name) => {
    const path = join(server.root, name)
    return existsSync(path) ? { path, bytes: readFileSync(path), mode: statSync(path).mode } : { path }
  })
  try {
    for (const [name, text] of Object.entries(texts)) {
      const path = join(server.root, name)
      writeFileSync(path, text)
      chmodSync(path, 0o640)
    }
    await take()
    return await run()
  } finally {
    for (const { path, bytes, mode } of before) {
      if (bytes === undefined) rmSync(path, { force: true })
      else {
        writeFileSync(path, bytes)
        chmodSync(path, mode)
      }
    }
    await take()
  }
}

/** Runs something while a path in the server's root is the same outside and inside of it: files name others by it. */
export async function withOneRoot<T>({ root }: RunningAsterisk, run: () => Promise<T>): Promise<T> {
  const inside = join(root, root)
  mkdirSync(dirname(inside), { recursive: true })
  rmSync(inside, { force: true })
  symlinkSync('/', inside)
  try {
    return await run()
  } finally {
    rmSync(inside, { force: true })
  }
}
