// Hooks of Node's module loader, in a thread of their own: TypeScript as esbuild makes JavaScript of it, once for each text.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const MADE = join(ROOT, 'node_modules/.cache/typescript')
const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/esbuild/package.json'), 'utf8'))
const TYPESCRIPT = /\.tsx?$/
// the sources in place of what is published, where the runner says so as it says it to tsx
const PATHS = pathsOf(process.env.TSX_TSCONFIG_PATH)

const options = {
  format: 'esm',
  target: 'node20.19',
  sourcemap: 'inline',
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, jsx: 'react-jsx', jsxImportSource: 'preact' } },
}

export function resolve(specifier, context, next) {
  return next(placeOf(specifier) ?? specifier, context)
}

export async function load(url, context, next) {
  const { protocol, pathname } = new URL(url)
  if (protocol !== 'file:' || !TYPESCRIPT.test(pathname)) return next(url, context)
  return { format: 'module', source: await javaScriptOf(fileURLToPath(url)), shortCircuit: true }
}

function placeOf(specifier) {
  for (const { begin, end, place } of PATHS) {
    if (specifier === begin && end === undefined) return place
    if (end === undefined || !specifier.startsWith(begin) || !specifier.endsWith(end)) continue
    return place.replace('*', specifier.slice(begin.length, specifier.length - end.length))
  }
  return undefined
}

async function javaScriptOf(path) {
  const text = readFileSync(path)
  const name = createHash('sha1').update(`${version} ${path}\n`).update(text).digest('hex')
  const made = join(MADE, `${name}.js`)
  try {
    return readFileSync(made)
  } catch {
    const { transform } = await import('esbuild')
    const loader = path.endsWith('x') ? 'tsx' : 'ts'
    const { code } = await transform(text, { ...options, loader, sourcefile: path })
    keep(made, code)
    return code
  }
}

/** Keeps a file whole: others may read it at any time. An account that may write nothing here makes it again. */
function keep(path, code) {
  const own = `${path}.${process.pid}`
  try {
    mkdirSync(MADE, { recursive: true })
    writeFileSync(own, code)
    renameSync(own, path)
  } catch {
    rmSync(own, { force: true })
  }
}

/** Reads which files stand for which names in the `paths` of a tsconfig: a name is whole, or has one `*`. */
function pathsOf(file) {
  if (file === undefined) return []
  const { compilerOptions } = JSON.parse(readFileSync(file, 'utf8'))
  return Object.entries(compilerOptions.paths).map(([name, [place]]) => {
    const [begin, end] = name.split('*')
    return { begin, end, place: pathToFileURL(join(dirname(file), place)).href }
  })
}
