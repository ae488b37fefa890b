// The names of streams and subjects, all below one prefix.

/** The names of everything that gateways share. */
export interface Names {
  /** The log of a server. */
  logStream(server: string): string
  /** What a server's log takes. */
  logSubjects(server: string): string[]
  /** All logs in one stream, kept long. */
  readonly all: string
  /** What gateways say about themselves. */
  readonly status: string
  readonly statusSubjects: readonly string[]
  /** What was asked of Asterisks, and what became of it. */
  readonly audit: string
  readonly auditSubjects: readonly string[]
  /** The bucket of idempotency keys. */
  readonly keys: string
  /** The bucket of the live state. */
  readonly state: string
  /** Where every gateway says what it is at. */
  readonly look: string
  /** What gateways ask each other: whether one writes, whether one has all events, and that nobody writes any more. */
  gateway(server: string, what: 'writing' | 'ready' | 'vacant'): string
}

/**
 * Returns the names below a prefix. A log's name has a part of its own between the prefix and the server, so that no
 * server's name leads to another stream.
 */
export function namesOf(prefix: string): Names {
  const stream = prefix.toUpperCase()
  return {
    logStream: (server) => `${stream}-LOG_${server}`,
    logSubjects: (server) => [
      `${prefix}.event.${server}.>`,
      `${prefix}.status.${server}.gap`,
      `${prefix}.status.${server}.fence`,
    ],
    all: stream,
    status: `${stream}-STATUS`,
    statusSubjects: ['writer', 'up', 'down', 'beat'].map((status) => `${prefix}.status.*.${status}`),
    audit: `${stream}-AUDIT`,
    auditSubjects: [`${prefix}.audit.>`],
    keys: `${stream}_KEYS`,
    state: `${stream}_STATE`,
    look: `${prefix}.gateway.look`,
    gateway: (server, what) => `${prefix}.gateway.${server}.${what}`,
  }
}
