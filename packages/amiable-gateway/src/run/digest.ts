import { hash } from 'node:crypto'
import type { LoadedConfig } from '../config/load.ts'

const LENGTH = 11

/**
 * Returns what stands for the account and the classes of events of one Asterisk. Gateways that differ in them do not
 * receive the same events, so that one cannot go on where the other ends.
 */
export function digestOf({ username, events }: LoadedConfig['asterisks'][string]): string {
  return hash('sha256', JSON.stringify([username, [...events].sort()]), 'base64url').slice(0, LENGTH)
}
