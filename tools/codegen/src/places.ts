import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { settingsFor, VERSIONS } from '../../servers/asterisk/settings.ts'

/** The documentation of one of the real Asterisks of tools/servers/asterisk. */
export interface Source {
  readonly version: string
  /** Where tools/servers/asterisk builds it. */
  readonly directory: string
  readonly file: string
}

/** Where the real Asterisks of tools/servers/asterisk keep their documentation once they are built, newest first. */
export function sources(env?: Readonly<Record<string, string | undefined>>): Source[] {
  return VERSIONS.toSorted((one, other) => other - one).map((version) => {
    const { directory, root } = settingsFor(version, env)
    return {
      version: String(version),
      directory,
      file: join(root, 'usr/share/asterisk/documentation/core-en_US.xml'),
    }
  })
}

/** Those of them that are not built yet. */
export function missing(env?: Readonly<Record<string, string | undefined>>): Source[] {
  return sources(env).filter(({ file }) => !existsSync(file))
}
