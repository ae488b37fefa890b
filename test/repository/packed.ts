import { join } from 'node:path'
import { run } from './run.ts'

/** What npm would publish. */
export interface Packed {
  /** The tarball's path. */
  readonly tarball: string
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

/** Packs a package into a folder. */
export async function pack(directory: string, folder: string): Promise<Packed> {
  const answer = JSON.parse(await run('npm', ['pack', directory, '--json', '--pack-destination', folder]))
  const [packed] = Object.values(answer) as [Packed & { readonly filename: string }]
  return { ...packed, tarball: join(folder, packed.filename) }
}
