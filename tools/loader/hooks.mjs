// Hooks of Node's module loader, in a thread of their own: TypeScript as esbuild makes JavaScript of it.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { javaScriptOf } from './made.mjs'

const TYPESCRIPT = /\.tsx?$/
// the sources in place of what is published, where the runner says so as it says it to tsx
const PATHS = pathsOf(process.env.TSX_TSCONFIG_PATH)

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

/** Reads which files stand for which names in the `paths` of a tsconfig: a name is whole, or has one `*`. */
function pathsOf(file) {
  if (file === undefined) return []
  const { compilerOptions } = JSON.parse(readFileSync(file, 'utf8'))
  return Object.entries(compilerOptions.paths).map(([name, [place]]) => {
    const [begin, end] = name.split('*')
    return { begin, end, place: pathToFileURL(join(dirname(file), place)).href }
  })
}
