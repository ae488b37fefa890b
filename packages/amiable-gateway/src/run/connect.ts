import { readFileSync } from 'node:fs'
import { credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node'
import { readSecret } from 'amiable-settings'
import type { EmbeddedAddress } from '../bus/embedded.ts'
import type { BusOptions } from '../bus/nats.ts'
import type { LoadedConfig } from '../config/load.ts'

/** What the process has beside the configuration. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Says how a connection to NATS is made, as the user that writes the logs or as the one that answers. */
export async function busOptions(
  config: LoadedConfig,
  env: Environment,
  embedded: EmbeddedAddress | undefined,
  as: 'log' | 'answers' = 'log',
): Promise<BusOptions> {
  const name = `amiable-gateway ${config.gateway.name}${as === 'answers' ? ' answers' : ''}`
  if (embedded) return { name, servers: embedded.url, token: embedded.token }
  const { servers, tls } = config.nats
  // the user that answers need not be the one that writes the logs, and had better not be
  const { credsFile, nkeyFile, user, password } = (as === 'answers' && config.nats.answers) || config.nats
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

/** Says how a session of an Asterisk is made. Its secret is read at each login, so that a new one needs no restart. */
export function sessionOptions(server: string, config: LoadedConfig['asterisks'][string], env: Environment) {
  const { host, port, username, tls, secret } = config
  return {
    name: server,
    host,
    ...(port !== undefined && { port }),
    username,
    secret: () => readSecret(secret, env),
    tls: typeof tls === 'boolean' ? tls : { ca: readFileSync(tls.caFile, 'utf8') },
  }
}

function seedOf(text: string): Uint8Array {
  return new TextEncoder().encode(text.trim())
}

/** Leaves out what is undefined: the library takes a key for a choice. */
function definedOf<T extends object>(value: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never
}
