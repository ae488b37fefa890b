// The half of a gateway that acts: a connection to NATS and sessions to the Asterisks of its own.
import { jetstream } from '@nats-io/jetstream'
import { type KV, Kvm } from '@nats-io/kv'
import type { Observed } from '../actions/handler.ts'
import { ActionService } from '../actions/service.ts'
import type { Embedded } from '../bus/embedded.ts'
import type { Names } from '../bus/names.ts'
import { connectBus, type Waiting } from '../bus/nats.ts'
import type { LoadedConfig } from '../config/load.ts'
import { VERSION } from '../version.ts'
import { busOptions, type Environment, sessionOptions } from './connect.ts'

/** Learns what happens with actions. */
export interface ActionObserver {
  say?(level: 'info' | 'warn' | 'error', what: string, about?: Readonly<Record<string, unknown>>): void
  request?(seen: Observed): void
}

/** Actions at work. */
export interface Actions {
  readonly service: ActionService
  stop(): Promise<void>
}

/** How long the store of keys may take; without it an action with a key is refused. */
const KEY_TIMEOUT = 2_000

/** Begins to take actions, if the configuration allows any, and waits until its user of NATS is let in. */
export async function startActions(
  config: LoadedConfig,
  env: Environment,
  {
    embedded,
    names,
    observer,
    waiting,
  }: { embedded: Embedded | undefined; names: Names; observer: ActionObserver; waiting: Waiting },
): Promise<Actions | undefined> {
  const { actions, prefix, gateway, asterisks } = config
  if (actions.classes.length === 0 && actions.allow.length === 0) return undefined
  const options = await busOptions(config, env, embedded, 'answers')
  const bus = await connectBus(options, waiting)
  const servers = Object.entries(asterisks).map(([name, one]) => [name, sessionOptions(name, one, env)] as const)
  const service = new ActionService({
    prefix,
    gateway: gateway.name,
    version: VERSION,
    settings: actions,
    connection: bus.connection,
    inbox: options.inboxPrefix ?? '_INBOX',
    keys: await keysOf(),
    servers: Object.fromEntries(servers),
    say: (...said) => observer.say?.(...said),
    observe: (seen) => observer.request?.(seen),
  })
  await service.start()
  return {
    service,
    async stop() {
      await service.close()
      await bus.close()
    },
  }

  async function keysOf(): Promise<KV | undefined> {
    try {
      return await new Kvm(jetstream(bus.connection, { timeout: KEY_TIMEOUT })).open(names.keys)
    } catch {
      observer.say?.('error', 'there is no bucket of keys, so requests with a key are refused', { bucket: names.keys })
      return undefined
    }
  }
}
