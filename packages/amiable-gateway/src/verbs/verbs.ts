import type { Verb } from './verb.ts'

/** A verb as the list of verbs shows it. */
export interface VerbEntry {
  readonly name: string
  readonly summary: string
  load(): Promise<Verb>
}

/** Every verb, in the order in which help lists them. */
export const VERBS: readonly VerbEntry[] = [
  {
    name: 'run',
    summary: 'runs a gateway until SIGTERM or ^C',
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'init',
    summary: 'writes a configuration and accounts of NATS, or makes what NATS needs',
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'check',
    summary: 'names every fault of a configuration, and tries it if asked',
    load: async () => (await import('./check.ts')).check,
  },
  {
    name: 'demo',
    summary: 'kills one of two gateways in a simulated call, and proves the log',
    load: async () => (await import('./demo.ts')).demo,
  },
  {
    name: 'status',
    summary: 'each Asterisk with its log, its writer, gaps, rings and lag',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'watch',
    summary: 'shows events with their sequence, and every gap between them',
    load: async () => (await import('./watch.ts')).watch,
  },
  {
    name: 'call',
    summary: 'asks a gateway for an action, and says whether it was delivered',
    load: async () => (await import('./call.ts')).call,
  },
  {
    name: 'verify',
    summary: 'proves that logs are dense, in order and say their gaps',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'permissions',
    summary: 'prints accounts of NATS, one for each team',
    load: async () => (await import('./permissions.ts')).permissions,
  },
  {
    name: 'health',
    summary: 'asks the gateway of this machine whether it is ready',
    load: async () => (await import('./health.ts')).health,
  },
]
