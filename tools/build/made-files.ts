// What the builds share: files that are complete at every moment, and names of classes as they are written.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A file that a build makes. */
export type Made = [path: string, text: string]

/** Writes the files that differ. Somebody may be importing them meanwhile: each is complete at every moment. */
export function writeMade(made: Iterable<Made>): void {
  for (const [path, text] of made) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    mkdirSync(dirname(path), { recursive: true })
    const part = `${path}.${process.pid}`
    writeFileSync(part, text)
    renameSync(part, path)
  }
}

/** Lists what is in a folder and in those beneath it. */
export function filesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
}

/**
 * In ASCII: one ellipsis in a comment, and V8 keeps the text of all the file in two bytes a character, as long as the
 * program lives. In code esbuild escapes such characters by itself.
 */
export function published(code: string): string {
  return withOwnNames(code.normalize('NFKD'))
}

/** esbuild writes `var A = class _A` where a class speaks of itself, and then its name would be `_A`. */
function withOwnNames(code: string): string {
  const aliased = [...code.matchAll(/^var (\w+) = class _\1\b/gm)].map(([, name]) => name as string)
  return aliased.reduce((text, name) => text.replaceAll(new RegExp(`\\b_${name}\\b`, 'g'), name), code)
}
