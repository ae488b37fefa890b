import { readFileSync } from 'node:fs'
import { credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node'
import { readSecret } from 'amiable-settings'
import type { Embedded } from '../bus/embedded.ts'
import type { BusOptions } from '../bus/nats.ts'
import type { LoadedConfig } from '../config/load.ts'

/** What the process has beside the configuration. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Says how a connection to NATS is made. */
export async function busOptions(
  config: LoadedConfig,
  env: Environment,
  embedded: Embedded | undefined,
): Promise<BusOptions> {
  const name = `amiable-gateway ${config.gateway.name}`
  if (embedded) return { name, servers: embedded.url, token: embedded.token }
  const { servers, credsFile, nkeyFile, user, password, tls } = config.nats
  return {
    name,
    ...(servers && { servers }),
    ...(credsFile !== undefined && { authenticator: credsAuthenticator(readFileSync(credsFile)) }),
    ...(nkeyFile !== undefined && { authenticator: nkeyAuthenticator(seedOf(readFileSync(nkeyFile, 'utf8'))) }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { pass: await readSecret(password, env) }),
    ...(tls && { tls: definedOf(tls) }),
  }
}

function seedOf(text: string): Uint8Array {
  return new TextEncoder().encode(text.trim())
}

/** Leaves out what is undefined: the library takes a key for a choice. */
function definedOf<T extends object>(value: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never
}
