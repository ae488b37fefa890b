import { didYouMean, usage } from 'amiable-settings'
import type { LoadedConfig } from '../config/load.ts'

/** Returns the Asterisks that are meant, or all of the configuration. */
export function serversOf(given: readonly string[], { asterisks }: LoadedConfig): string[] {
  const known = Object.keys(asterisks)
  const unknown = given.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw usage(
      `there is no Asterisk ${unknown} in the configuration${didYouMean(unknown, known)}`,
      `It has ${known.slice(0, 20).join(', ')}.`,
    )
  }
  return given.length > 0 ? [...new Set(given)] : known
}
