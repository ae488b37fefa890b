// Stacks that name the lines of the sources: a map is read when the first stack is that its file is in.
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import { mapOf } from './made.mjs'

const TYPESCRIPT = /^file:.*\.tsx?$/
const maps = new Map()

/** Has the stacks of this process name the lines of the sources, of files that are loaded from now on. */
export function mapStacks() {
  process.setSourceMapsEnabled(false)
  Error.prepareStackTrace = stackOf
}

/** Returns the stack of an error, as V8 writes it. */
function stackOf(error, sites) {
  return [titleOf(error), ...sites.map((site) => `    at ${lineOf(site)}`)].join('\n')
}

/** Returns how a stack begins: with the code too, where the error is one of Node's own. */
function titleOf(error) {
  const title = Error.prototype.toString.call(error)
  const { name, code } = error
  const isNodes = typeof code === 'string' && code.startsWith('ERR_') && typeof name === 'string' && !name.includes('[')
  return isNodes ? title.replace(name, () => `${name} [${code}]`) : title
}

function lineOf(site) {
  const text = String(site)
  const file = site.getFileName()
  if (file === null || file === undefined || !TYPESCRIPT.test(file)) return text
  const line = site.getLineNumber()
  const column = site.getColumnNumber()
  const entry = sourceMapOf(file)?.findEntry(line - 1, column - 1)
  if (entry?.originalLine === undefined) return text
  const place = `${fileURLToPath(file)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
  return text.replace(`${file}:${line}:${column}`, () => place)
}

function sourceMapOf(file) {
  if (!maps.has(file)) {
    const map = mapOf(fileURLToPath(file))
    maps.set(file, map && new SourceMap(map))
  }
  return maps.get(file)
}
