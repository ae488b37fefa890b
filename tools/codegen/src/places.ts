import { existsSync } from 'node:fs'
import { join } from 'node:path'

const CACHE = '/var/cache/amiable/asterisk'
const DOCUMENTATION = 'root/usr/share/asterisk/documentation/core-en_US.xml'

/** Where the real Asterisks of `tools/asterisk` keep their documentation once they are built. */
export function documentationOf(
  version: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return join(env.AMIABLE_ASTERISK_CACHE || CACHE, version, DOCUMENTATION)
}

/** The versions of them that are not built yet. */
export function missing(versions: readonly string[]): string[] {
  return versions.filter((version) => !existsSync(documentationOf(version)))
}
