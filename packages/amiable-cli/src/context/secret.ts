import { readSecret, type SecretSource } from 'amiable-settings'
import { usage } from '../errors/usage.ts'
import type { Environment } from './places.ts'

/** What is needed to find a secret. */
export interface SecretSetting {
  readonly env: Environment
  /** Asks on the terminal; absent where there is none. */
  readonly prompt: ((question: string) => Promise<string>) | undefined
}

/**
 * Returns a function that finds the secret. The client calls it at every login, so a secret that changes is read again.
 * @param owner whom the secret is of, as in `frank@pbx1`
 */
export function secretFor(
  source: SecretSource | undefined,
  owner: string,
  { env, prompt }: SecretSetting,
): () => Promise<string> {
  const found = source ?? (env.AMIABLE_SECRET_FILE ? { file: env.AMIABLE_SECRET_FILE } : undefined)
  if (found !== undefined) return () => readSecret(found, env)
  if (prompt === undefined) {
    throw usage(
      `no secret for ${owner}: there is no terminal to ask`,
      'Set AMIABLE_SECRET_FILE, or store it with a context: amiable context secret NAME',
    )
  }
  let asked: Promise<string> | undefined
  return () => {
    asked ??= prompt(`secret of ${owner}: `)
    return asked
  }
}
