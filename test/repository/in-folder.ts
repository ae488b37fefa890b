import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Gives `work` a folder with these files, which is gone afterwards. */
export function inFolder<T>(files: Readonly<Record<string, string>>, work: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'amiable-'))
  const remove = () => rmSync(root, { recursive: true, force: true })
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    const result = work(root)
    if (result instanceof Promise) return result.finally(remove) as T
    remove()
    return result
  } catch (error) {
    remove()
    throw error
  }
}
