// Figures of the live state, said by the gateway that writes it: so each has one source.
import { Gauge, type Registry } from 'prom-client'

/** How many there are. Queues and states are names of a configuration and of the library. */
export interface LiveFigures {
  readonly channels: number
  readonly calls: number
  readonly queues: readonly {
    readonly name: string
    readonly callers: number
    readonly members: Readonly<Record<string, number>>
  }[]
  /** Endpoints by state, where they are kept. */
  readonly endpoints: Readonly<Record<string, number>>
}

interface Server {
  readonly server: string
  readonly uptime: number | undefined
  readonly live: LiveFigures | undefined
}

/** Adds the figures to a registry. */
export function addLive(registers: Registry[], servers: () => readonly Server[]): void {
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    collect: (set: Gauge, labels: { server: string }, live: LiveFigures, uptime: number | undefined) => void,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ['server', ...labelNames],
      registers,
      collect() {
        this.reset()
        for (const { server, live, uptime } of servers()) if (live) collect(this, { server }, live, uptime)
      },
    })
  gauge('asterisk_channels', 'Channels.', [], (set, labels, { channels }) => set.set(labels, channels))
  gauge('asterisk_calls', 'Calls.', [], (set, labels, { calls }) => set.set(labels, calls))
  gauge('asterisk_uptime_seconds', 'Seconds since Asterisk began.', [], (set, labels, _live, uptime) => {
    if (uptime !== undefined) set.set(labels, uptime)
  })
  gauge('asterisk_queue_callers', 'Calls that wait in a queue.', ['queue'], (set, labels, { queues }) => {
    for (const { name, callers } of queues) set.set({ ...labels, queue: name }, callers)
  })
  gauge('asterisk_queue_members', 'Members of a queue by state.', ['queue', 'state'], (set, labels, { queues }) => {
    for (const { name, members } of queues) {
      for (const [state, count] of Object.entries(members)) set.set({ ...labels, queue: name, state }, count)
    }
  })
  gauge('asterisk_endpoints', 'PJSIP endpoints by state.', ['state'], (set, labels, { endpoints }) => {
    for (const [state, count] of Object.entries(endpoints)) set.set({ ...labels, state }, count)
  })
}
