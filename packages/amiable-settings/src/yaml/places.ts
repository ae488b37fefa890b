// Whether the secrets and files that a configuration names are there. Nothing is opened but the files themselves.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readOwnedFile } from '../owned-file.ts'
import type { SecretSource } from '../secret.ts'
import { SettingsError } from '../settings-error.ts'
import type { Environment, Fault } from './fault.ts'

type Given<T> = { readonly [K in keyof T]?: T[K] | undefined }

/** Says what is wrong with the place of a secret. What a command prints is known only when the gateway logs in. */
export function secretFaults(secret: Given<SecretSource>, path: readonly string[], env: Environment): Fault[] {
  if (secret.file !== undefined) return fileFaults(secret.file, [...path, 'file'], true)
  if (secret.env !== undefined && !env[secret.env]) {
    return [{ path: [...path, 'env'], message: `must name a variable that is set, and ${secret.env} is not` }]
  }
  if (secret.credential === undefined) return []
  const folder = env.CREDENTIALS_DIRECTORY
  if (folder) return fileFaults(join(folder, secret.credential), [...path, 'credential'], true)
  return [{ path: [...path, 'credential'], message: 'needs CREDENTIALS_DIRECTORY, which systemd sets' }]
}

/** Says what is wrong with a file that is named. */
export function fileFaults(file: string | undefined, path: readonly string[], secret: boolean): Fault[] {
  if (file === undefined) return []
  if (!existsSync(file)) return [{ path, message: `must be a file that can be read: ${file} is missing` }]
  try {
    const text = readOwnedFile(file, { what: 'file', secret })
    return text === '' ? [{ path, message: `must be a file that holds something: ${file} is empty` }] : []
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    const [hint] = error.hints
    return [{ path, message: `cannot be used: ${error.message}${hint === undefined ? '' : `. ${hint}`}` }]
  }
}
