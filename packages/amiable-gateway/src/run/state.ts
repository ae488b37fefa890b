// The live state of one server in a gateway at work.
import { type State, watch } from 'amiable/state'
import type { Listener } from '../ami/listener.ts'
import type { Names } from '../bus/names.ts'
import type { Bus } from '../bus/nats.ts'
import { BucketStore } from '../bus/state-store.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { ServerLog } from '../log/log.ts'
import { StateKeeper, type StateObserver } from '../state/keeper.ts'

/** A picture of one Asterisk, and what keeps it in NATS while this gateway writes. */
export interface KeptState {
  readonly model: State
  readonly keeper: StateKeeper
  stop(): Promise<void>
}

/** Begins to keep the live state, if the configuration wants it: each gateway has the picture, and the writer stores it. */
export function keepState(
  { state, gateway }: LoadedConfig,
  server: string,
  { listener, log, bus, names }: { listener: Listener; log: ServerLog; bus: Bus; names: Names },
  observer: StateObserver = {},
): KeptState | undefined {
  if (state === false) return undefined
  const { client } = listener
  const model = watch(client, { kinds: state.kinds })
  const keeper = new StateKeeper({
    server,
    gateway: gateway.name,
    model,
    kinds: state.kinds,
    store: new BucketStore(bus, names, server),
    term: () => log.writing,
    outdated: (term) => log.resign(term),
    link: () => ({ up: client.state === 'ready', version: client.version || null }),
    observer,
  })
  const natsListener = { lost: () => keeper.look(), back: () => keeper.look() }
  bus.listen(natsListener)
  keeper.start()
  return {
    model,
    keeper,
    async stop() {
      bus.unlisten(natsListener)
      await keeper.stop()
      await model.close()
    },
  }
}
