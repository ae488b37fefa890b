// The files of the page, read once: small enough to keep, and each with its compressed copy.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** A file as it is sent. */
export interface PageFile {
  readonly type: string
  readonly body: Uint8Array<ArrayBuffer>
  readonly compressed: Uint8Array<ArrayBuffer>
  readonly etag: string
  /** Whether its name says what is in it: it never changes. */
  readonly isHashed: boolean
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.woff2': 'font/woff2',
}

/** Reads the files of a folder, by the paths of their addresses. */
export function readPage(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>()
  if (!existsSync(folder)) return files
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(name)]
    if (type === undefined) continue
    files.set(`/${name.replaceAll('\\', '/')}`, readFile(join(folder, name), type, name.startsWith('assets')))
  }
  return files
}

/** Reads one file that the configuration names, such as a logo. */
export function readOwnFile(path: string, type?: string): PageFile {
  return readFile(path, type ?? TYPES[extname(path)] ?? 'application/octet-stream', false)
}

function readFile(path: string, type: string, isHashed: boolean): PageFile {
  const body = readFileSync(path)
  const compressed = existsSync(`${path}.gz`) ? readFileSync(`${path}.gz`) : gzipSync(body)
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  // one copy for all answers
  return { type, body: new Uint8Array(body), compressed: new Uint8Array(compressed), etag, isHashed }
}
