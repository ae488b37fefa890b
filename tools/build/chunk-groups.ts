// Chunks of the command as CommonJS, those together in one file that one start loads together.
import { basename } from 'node:path'
import { type Metafile, transform } from 'esbuild'

/** A chunk as esbuild made it: its file, and its code as an ES module. */
export interface Chunk {
  readonly path: string
  readonly text: string
}

/**
 * Returns the files to be published. Node loads CommonJS in half the time of ES modules, and each file takes a quarter
 * of a millisecond: both are felt in a command that a script runs a thousand times.
 * @param starts sources: the chunk of each is one file with what it imports and those before it do not have
 */
export async function grouped(
  chunks: readonly Chunk[],
  { outputs }: Metafile,
  starts: readonly string[],
): Promise<Chunk[]> {
  const group = new Map<string, string>()
  for (const entry of starts) {
    const [found] = Object.entries(outputs).find(([, { inputs }]) => entry in inputs) ?? []
    if (found === undefined) throw new Error(`no chunk holds ${entry}`)
    const owner = basename(found)
    const waiting = [found]
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (group.has(basename(path))) continue
      group.set(basename(path), owner)
      const imported = outputs[path]?.imports.filter(({ kind, external }) => kind === 'import-statement' && !external)
      waiting.push(...(imported ?? []).map((one) => one.path))
    }
  }
  const files: Chunk[] = []
  const parts = new Map<string, string[]>()
  for (const { path, text } of chunks) {
    const name = basename(path)
    const own = group.get(name)
    const code = linked(await asCommonJs(text), own, group)
    if (own === undefined) files.push({ path, text: code })
    else parts.set(own, [...(parts.get(own) ?? []), `"${name}": (function (module, exports) {\n${code}})`])
  }
  for (const { path } of chunks) {
    const own = parts.get(basename(path))
    if (own !== undefined)
      files.push({ path, text: `${LOADER.replace('PARTS', () => own.join(',\n'))}part("${basename(path)}");\n` })
  }
  return files
}

/** In parentheses V8 compiles a function where it stands, and not once more when it is called. */
const LOADER = `"use strict";
const made = {};
const part = (name) => {
  if (made[name]) return made[name].exports;
  const module = (made[name] = { exports: {} });
  parts[name](module, module.exports);
  return module.exports;
};
const parts = {
PARTS
};
module.exports = part;
`

async function asCommonJs(text: string): Promise<string> {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    supported: { 'dynamic-import': false },
    // V8 reads all of it at every start. Names and lines stay, for whoever reports a fault with its stack
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    define: { 'import.meta.url': 'OWN_URL' },
  })
  return code.includes('OWN_URL') ? `const OWN_URL = require("node:url").pathToFileURL(__filename);\n${code}` : code
}

/** Leads each `require` of a chunk to the file in which it stands. */
function linked(code: string, own: string | undefined, group: ReadonlyMap<string, string>): string {
  return code.replace(/\brequire\("\.\/([\w-]+\.cjs)"\)/g, (call, name: string) => {
    const owner = group.get(name)
    if (owner === undefined) return call
    return owner === own ? `part("${name}")` : `require("./${owner}")("${name}")`
  })
}
