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
    name: 'events',
    summary: 'shows what happens, as it happens or out of a recording',
    load: async () => (await import('./events.ts')).events,
  },
  {
    name: 'list',
    summary: 'shows channels, queues, endpoints, and the rows of any other list',
    load: async () => (await import('./list.ts')).list,
  },
  {
    name: 'send',
    summary: 'sends any action, checked before it leaves',
    load: async () => (await import('./send.ts')).send,
  },
  {
    name: 'command',
    summary: "runs a command of Asterisk's console, with a true exit status",
    load: async () => (await import('./command.ts')).command,
  },
  {
    name: 'originate',
    summary: 'dials, and says what became of the call',
    load: async () => (await import('./originate.ts')).originate,
  },
  {
    name: 'call',
    summary: 'shows one call as a ladder, live or out of a recording',
    load: async () => (await import('./call.ts')).call,
  },
  {
    name: 'queue',
    summary: 'shows who waits in a queue and who answers',
    load: async () => (await import('./queue.ts')).queue,
  },
  {
    name: 'top',
    summary: 'a live screen of calls, channels, queues and bridges',
    load: async () => (await import('./top.ts')).top,
  },
  {
    name: 'shell',
    summary: 'runs verbs, actions and console commands over one connection',
    load: async () => (await import('./shell.ts')).shell,
  },
  {
    name: 'docs',
    summary: 'shows what an action or an event is, from the catalog',
    load: async () => (await import('./docs.ts')).docs,
  },
  {
    name: 'rights',
    summary: 'prints the section of manager.conf that a program needs',
    load: async () => (await import('./rights.ts')).rights,
  },
  {
    name: 'doctor',
    summary: 'says what is wrong with an account, a connection or a manager.conf',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'record',
    summary: 'records what a server sends, without secrets',
    load: async () => (await import('./record.ts')).record,
  },
  {
    name: 'proxy',
    summary: 'shows or records what passes between a program and a server',
    load: async () => (await import('./proxy.ts')).proxy,
  },
  {
    name: 'replay',
    summary: 'serves a recording again',
    load: async () => (await import('./replay.ts')).replay,
  },
  {
    name: 'simulate',
    summary: 'runs a simulated Asterisk to try the others on',
    load: async () => (await import('./simulate.ts')).simulate,
  },
  {
    name: 'context',
    summary: 'names servers and how to log in to them',
    load: async () => (await import('./context.ts')).context,
  },
  {
    name: 'completion',
    summary: 'prints the script with which Tab completes in a shell',
    load: async () => (await import('./completion.ts')).completion,
  },
]
