import { readSource } from '../../../tools/checks/sources.ts'
import { givenNames } from './given.ts'

/** A piece of code on a page: TypeScript, or JavaScript that is marked `js run`. */
export interface Block {
  /** Its file, such as `events-3.ts`: the page, and which block of it. */
  readonly file: string
  /** Where it stands, for people. */
  readonly place: string
  /** Marked `run`: it is run as well as compiled. */
  readonly run: boolean
  readonly code: string
}

/** The code of a page. */
export function blocksOf(root: string, page: string): Block[] {
  const text = readSource(root, page)
  const slug = page.replace(/^.*\//, '').replace(/\.md$/, '')
  return [...text.matchAll(/^```(ts|ts run|js run)\n([\s\S]*?)^```$/gm)].map(({ 1: kind, 2: code = '', index }, i) => ({
    file: `${slug}-${i + 1}.${kind === 'js run' ? 'mjs' : 'ts'}`,
    place: `${page}:${text.slice(0, index).split('\n').length}`,
    run: kind !== 'ts',
    code,
  }))
}

/** A block as a module: its imports on top, all else in a function that is handed what it takes for granted. */
export function moduleOf({ code, file }: Block, given: string): string {
  const typed = file.endsWith('.ts')
  const imports = [...code.matchAll(/^import [^']*'[^']+'\n/gm)].map(([line]) => line)
  const body = code.replace(/^import [^']*'[^']+'\n/gm, '')
  // what is declared for a whole program stands alone
  if (/^declare module /m.test(body)) return `${code}\nexport async function run(): Promise<void> {}\n`
  const wanted = givenNames.filter((name) => {
    const declared = new RegExp(
      `(?:const|using|let|function)\\s+${name}\\b|\\{[^}]*\\b${name}\\b[^}]*\\} = |import[^']*\\b${name}\\b`,
    )
    return new RegExp(`(?<![.\\w])${name}\\b`).test(code) && !declared.test(code)
  })
  return [
    ...imports,
    /(?<![.\w])assert\b/.test(code) ? "import assert from 'node:assert/strict'\n" : '',
    typed ? `import type { Given } from '${given}'\n` : '',
    `export async function run({ ${wanted.join(', ')} }${typed ? ': Given' : ''}) {\n`,
    body,
    '}\n',
  ].join('')
}
