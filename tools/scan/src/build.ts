import { readFileSync } from 'node:fs'
import { main } from 'assemblyscript/asc'

const SOURCE = new URL('../assembly/scan.ts', import.meta.url)

/** The file of the package that holds what is built. */
export const BUILT = new URL('../../../packages/amiable/src/wire/scan-code.ts', import.meta.url)

const OPTIONS = ['--runtime', 'stub', '--noAssert', '-O3', '--converge', '--enable', 'simd', '--importMemory']

/** Builds the scan, and returns the text of the file that holds it. */
export async function build(): Promise<string> {
  let code: Uint8Array | undefined
  let complaints = ''
  const { error } = await main(['scan.ts', ...OPTIONS, '--noExportMemory', '--outFile', 'scan.wasm'], {
    stderr: {
      write: (text) => {
        complaints += text
      },
    },
    readFile: (name) => (name === 'scan.ts' ? readFileSync(SOURCE, 'utf8') : null),
    writeFile: (_, contents) => {
      if (typeof contents !== 'string') code = contents
    },
    listFiles: () => [],
  })
  if (code === undefined)
    throw new Error(`tools/scan/assembly/scan.ts does not build:\n${complaints}`, { cause: error })
  return [
    '// Built from tools/scan/assembly/scan.ts by `npm -w tools/scan run build`; do not edit.',
    '',
    '/** The scan as WebAssembly, in Base64. */',
    'export const SCAN_CODE =',
    `  '${Buffer.from(code).toString('base64')}'`,
    '',
  ].join('\n')
}
