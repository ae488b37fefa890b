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
    name: 'check',
    summary: 'reads a configuration, names every fault, and opens nothing',
    load: async () => (await import('./check.ts')).check,
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
