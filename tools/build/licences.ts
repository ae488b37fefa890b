import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

/** Returns the names and licences of the packages whose code is inside. */
export function licencesOf(command: string, home: string, { inputs }: Metafile): string {
  const names = Object.keys(inputs).flatMap((path) => {
    const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? []
    return folder === undefined ? [] : [folder]
  })
  const parts = [...new Set(names)].sort().map((folder) => {
    const at = join(home, folder)
    const { name, version, license } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'))
    const file = ['LICENSE', 'LICENSE.md', 'license'].map((one) => join(at, one)).find(existsSync)
    return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(file, 'utf8').trim()}\n`
  })
  return `The command ${command} contains code of these packages.\n\n${parts.join('\n\n')}`
}
