import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Expression, parseSync, Visitor } from 'oxc-parser'

const PASSED_OVER = new Set(['node_modules', 'dist', 'coverage', '.git'])

/** Finds the files under `root`, as paths from it with forward slashes; what is built or installed is passed over. */
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

/** Reads a file of the checkout. */
export function readSource(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** One import, re-export or `import()` of a file. */
export interface Import {
  readonly specifier: string
  /** Nothing of it is left when the file runs. */
  readonly typeOnly: boolean
}

/** Lists what a file imports: statements, re-exports, `import()`, `require()` and types by `import('…')`. */
export function importsOf(text: string, path = 'source.ts'): Import[] {
  const found: Import[] = []
  const add = (specifier: string | undefined, typeOnly: boolean) => {
    if (specifier !== undefined) found.push({ specifier, typeOnly })
  }
  new Visitor({
    ImportDeclaration: ({ source, importKind }) => add(source.value, importKind === 'type'),
    ExportNamedDeclaration: ({ source, exportKind }) => add(source?.value, exportKind === 'type'),
    ExportAllDeclaration: ({ source, exportKind }) => add(source.value, exportKind === 'type'),
    ImportExpression: ({ source }) => add(stringOf(source), false),
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type === 'Identifier' && callee.name === 'require') add(stringOf(first as Expression), false)
    },
    TSImportType: ({ source }) => add(source.value, true),
  }).visit(parseSync(path, text).program)
  return found
}

/** Lists the files and folders that a file names from where it stands: `new URL('…', import.meta.url)`. */
export function placesOf(text: string): string[] {
  const found: string[] = []
  new Visitor({
    NewExpression: ({ callee, arguments: [path, base] }) => {
      if (callee.type !== 'Identifier' || callee.name !== 'URL' || base?.type !== 'MemberExpression') return
      const place = beginningOf(path as Expression)
      if (place !== undefined && !/^[a-z]+:/.test(place)) found.push(place.startsWith('.') ? place : `./${place}`)
    },
  }).visit(parse(text).program)
  return found
}

/** Blanks comments out and leaves everything else where it was. */
export function withoutComments(text: string): string {
  let code = ''
  let at = 0
  for (const { start, end } of parse(text).comments) {
    code += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, ' ')
    at = end
  }
  return code + text.slice(at)
}

function parse(text: string) {
  return parseSync('source.ts', text)
}

function stringOf(node: Expression | undefined): string | undefined {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

/** The text of a literal, or of a template up to its first gap. */
function beginningOf(node: Expression | undefined): string | undefined {
  return node?.type === 'TemplateLiteral' ? node.quasis[0]?.value.raw : stringOf(node)
}
