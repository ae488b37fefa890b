// The JavaScript that esbuild makes of our TypeScript, once for each text, with a map of its lines beside it: both are
// kept beneath node_modules.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const MADE = join(ROOT, 'node_modules/.cache/typescript')
const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/esbuild/package.json'), 'utf8'))

const options = {
  format: 'esm',
  target: 'node20.19',
  sourcemap: 'external',
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, jsx: 'react-jsx', jsxImportSource: 'preact' } },
}
const HOW = `${version} ${JSON.stringify(options)}`

/** Returns the JavaScript of a file; it is made where nobody has yet. */
export async function javaScriptOf(path) {
  const text = readFileSync(path)
  const made = placeOf(path, text)
  try {
    return readFileSync(made)
  } catch {
    return make(path, text, made)
  }
}

/**
 * Makes the JavaScript of all these files that can be made: else each process that is the first one to run a file
 * would start an esbuild of its own.
 */
export async function makeAll(paths) {
  await Promise.allSettled(
    paths.map(async (path) => {
      const text = readFileSync(path)
      const made = placeOf(path, text)
      if (!existsSync(made)) await make(path, text, made)
    }),
  )
}

/** Returns the map of the lines of a file, if its JavaScript was made of the text that it has now. */
export function mapOf(path) {
  try {
    return JSON.parse(readFileSync(`${placeOf(path, readFileSync(path))}.map`, 'utf8'))
  } catch {
    return undefined
  }
}

function placeOf(path, text) {
  return join(MADE, `${createHash('sha1').update(`${HOW} ${path}\n`).update(text).digest('hex')}.js`)
}

async function make(path, text, made) {
  const { transform } = await import('esbuild')
  const loader = path.endsWith('x') ? 'tsx' : 'ts'
  const { code, map } = await transform(text, { ...options, loader, sourcefile: path })
  keep(`${made}.map`, map)
  // Node reads the map of a relative place alone
  const place = encodeURI(relative(dirname(path), `${made}.map`))
  const whole = `${code}//# sourceMappingURL=${place}\n`
  keep(made, whole)
  return whole
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
