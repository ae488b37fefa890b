// How a verb that looks on finds the NATS of a configuration: also the nats-server of a gateway that runs.
import { findEmbedded } from '../bus/embedded.ts'
import { type Names, namesOf } from '../bus/names.ts'
import { type Bus, connectOnce } from '../bus/nats.ts'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { busOptions, type Environment } from './connect.ts'

/** A configuration with a connection to its NATS. */
export interface Reached {
  readonly config: LoadedConfig
  readonly names: Names
  readonly bus: Bus
}

/** Reads a configuration, connects to its NATS, does the work and closes the connection. */
export async function withNats<T>(
  path: string | undefined,
  env: Environment,
  work: (reached: Reached) => Promise<T>,
): Promise<T> {
  const config = loadConfig(path, env)
  const embedded = config.nats.servers === undefined ? findEmbedded(env) : undefined
  const bus = await connectOnce(await busOptions(config, env, embedded))
  try {
    return await work({ config, names: namesOf(config.prefix), bus })
  } finally {
    await bus.close()
  }
}
