import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const PASSED_OVER = new Set(['node_modules', 'dist', 'coverage', '.git'])

/** Every file under `root`, as a path from it with forward slashes; what is built or installed is passed over. */
export function sourceFiles(root: string, wanted: (path: string) => boolean): string[] {
  return [...walk(root, '')].filter(wanted).sort()
}

function* walk(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (!PASSED_OVER.has(entry.name)) yield* walk(root, path)
    } else yield path
  }
}

export function readSource(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** One import, re-export or `import()` of a file. */
export interface Import {
  readonly specifier: string
  /** Nothing of it is left when the file runs. */
  readonly typeOnly: boolean
}

const STATEMENT = /^[ \t]*(?:import|export)\s+(type\b)?(?:[^'"`;]*?\bfrom\s*)?['"]([^'"]+)['"]/gm
const CALL = /\b(?:import|require)\(\s*['"]([^'"]+)['"]/g

/** What a file imports. TypeScript 7 has no API to ask, and import statements are regular enough. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text)
  return [
    ...[...code.matchAll(STATEMENT)].map(([, type, specifier = '']) => ({ specifier, typeOnly: type !== undefined })),
    ...[...code.matchAll(CALL)].map(([, specifier = '']) => ({ specifier, typeOnly: false })),
  ]
}

/** Blanks comments out and leaves the lines where they were; good enough for code that Biome has formatted. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' ')).replace(/^\s*\/\/.*$/gm, '')
}
