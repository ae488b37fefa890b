import { replaceFile } from 'amiable-settings'
import { usage } from '../errors/usage.ts'

const MOST = 64 * 1024

/** Stores a secret in a file that only this user can read. */
export function storeSecret(path: string, secret: string): void {
  if (secret === '') throw usage('the secret was not given')
  if (/[\r\n\0]/.test(secret)) throw usage('the secret must be one line')
  try {
    replaceFile(path, `${secret}\n`)
  } catch (error) {
    throw usage(`the secret cannot be stored in ${path}: ${(error as Error).message}`)
  }
}

/** Reads a secret to its end, without the line break behind it. */
export async function readSecretFrom(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = ''
  for await (const part of stream) {
    text += part.toString()
    if (text.length > MOST) throw usage('the secret is too long')
  }
  return text.replace(/\r?\n$/, '')
}
