// What each team may do, as accounts of a nats-server's configuration.
//
// A team has an account of its own. Within the gateways' account a team could make NATS itself write into a log: the
// server answers a request of its API, such as CONSUMER.INFO, wherever the request says, and what it sends there is
// stored. Across accounts a reply subject is replaced by one that leads back to the account that asked.
import { type Rights, USER_INFO } from './user-rights.ts'

/** What a team needs. */
export interface Role {
  /** Events as they come, without a memory. */
  readonly live: boolean
  /** The live state. */
  readonly state: boolean
  /** A durable consumer of all logs, which `init` makes. */
  readonly durable: boolean
  /** The classes of actions. */
  readonly classes: readonly string[]
  /** What was asked for by whom. */
  readonly audit: boolean
}

const NONE: Role = { live: false, state: false, durable: false, classes: [], audit: false }

/** The teams that the guide speaks of. */
export const ROLES: Readonly<Record<string, Role>> = {
  wallboard: { ...NONE, live: true, state: true },
  crm: { ...NONE, live: true, state: true, durable: true, classes: ['read', 'call'] },
  dialer: { ...NONE, state: true, durable: true, classes: ['read', 'call', 'queue'] },
  bi: { ...NONE, durable: true },
  ops: { ...NONE, live: true, state: true, audit: true, classes: ['read', 'queue', 'message', 'admin', 'danger'] },
}

/** One thing that the gateways' account gives to a team's. */
interface Share {
  readonly kind: 'service' | 'stream'
  readonly subject: string
  /** What the team calls it, where that differs. */
  readonly to?: string
  /** Several answers to one request. */
  readonly several?: boolean
  /** Whether the gateway is told who asks. */
  readonly named?: boolean
}

/**
 * Returns the accounts of these roles and of the gateways. Passwords are variables of the server's environment.
 * @param roles names of `ROLES`
 */
export function accountsText(roles: readonly string[], prefix: string): string {
  const shares = roles.map((role) => ({ role, account: accountOf(role), shares: sharesOf(role, prefix) }))
  const exported = shares.flatMap(({ account, shares: own }) => own.map((share) => exportOf(share, account)))
  const teams = shares.map(({ role, account, shares: own }) => {
    const imports = own.map(importOf)
    return `  ${account} {
    # what comes from the gateways, nobody of the team may make up for the others
    users = [{ user: ${role}, password: $${account}_PASSWORD, permissions: ${denied(prefix)} }]
    imports = [
${imports.map((line) => `      ${line}`).join('\n')}
    ]
  }`
  })
  return `accounts {
  AMIABLE {
    jetstream: enabled
    users = [
      # writes the logs and the state, and answers nobody
      { user: gateway-log, password: $GATEWAY_LOG_PASSWORD, permissions: ${permissions(logRights(prefix))} }
      # answers and audits, and writes no log
      { user: gateway-answers, password: $GATEWAY_ANSWERS_PASSWORD, permissions: ${permissions(answerRights(prefix))} }
    ]
    exports = [
${exported.map((line) => `      ${line}`).join('\n')}
    ]
  }
${teams.join('\n')}
}
`
}

function accountOf(role: string): string {
  return role.toUpperCase()
}

function sharesOf(role: string, prefix: string): Share[] {
  const { live, state, durable, classes, audit } = ROLES[role] ?? NONE
  const all = prefix.toUpperCase()
  const api = (subject: string, several = false): Share => ({
    kind: 'service',
    subject: `$JS.API.${subject}`,
    // the team's account has an API of its own below $JS.API
    to: `${prefix}.API.${subject}`,
    several,
  })
  return [
    ...classes.map(
      (group): Share => ({
        kind: 'service',
        subject: `${prefix}.action.*.${group}.>`,
        several: true,
        named: true,
      }),
    ),
    ...(classes.length > 0 ? [{ kind: 'service', subject: `${prefix}.flow.>` } as const] : []),
    ...(live
      ? ([
          { kind: 'stream', subject: `${prefix}.event.>` },
          { kind: 'stream', subject: `${prefix}.status.>` },
        ] as const)
      : []),
    ...(state
      ? [
          { kind: 'stream', subject: `$KV.${all}_STATE.>` } as const,
          api(`DIRECT.GET.KV_${all}_STATE.>`),
          api(`STREAM.INFO.KV_${all}_STATE`),
        ]
      : []),
    ...(durable
      ? [
          api(`CONSUMER.INFO.${all}.${role}`),
          api(`CONSUMER.MSG.NEXT.${all}.${role}`, true),
          { kind: 'service', subject: `$JS.ACK.${all}.${role}.>` } as const,
        ]
      : []),
    ...(audit ? [{ kind: 'stream', subject: `${prefix}.audit.>` } as const] : []),
  ]
}

function exportOf({ kind, subject, several }: Share, account: string): string {
  const response = several ? ', response_type: stream' : ''
  return `{ ${kind}: "${subject}", accounts: [${account}]${response} }`
}

function importOf({ kind, subject, to, named }: Share): string {
  const target = to === undefined ? '' : `, to: "${to}"`
  return `{ ${kind}: { account: AMIABLE, subject: "${subject}" }${target}${named ? ', share: true' : ''} }`
}

/** Returns what the gateways' user must be able to do that writes the logs and the state. */
export function logRights(prefix: string): Rights {
  const all = prefix.toUpperCase()
  return {
    publish: [
      `${prefix}.event.>`,
      `${prefix}.status.>`,
      `${prefix}.gateway.>`,
      `$KV.${all}_STATE.>`,
      ...['INFO', 'STREAM.NAMES', 'STREAM.LIST'].map((what) => `$JS.API.${what}`),
      ...['INFO', 'CREATE', 'UPDATE', 'MSG.GET'].map((what) => `$JS.API.STREAM.${what}.>`),
      ...['DIRECT.GET', 'CONSUMER'].map((what) => `$JS.API.${what}.>`),
      // what is left of deleted records; a log deletes nothing
      `$JS.API.STREAM.PURGE.KV_${all}_STATE`,
      '_INBOX.>',
      USER_INFO,
    ],
    subscribe: [`${prefix}.gateway.>`, '_INBOX.>'],
  }
}

/** Returns what the gateways' user must be able to do that answers and audits. */
export function answerRights(prefix: string): Rights {
  const keys = `KV_${prefix.toUpperCase()}_KEYS`
  return {
    publish: [
      '_R_.>',
      '_INBOX.>',
      '$SRV.>',
      `${prefix}.audit.>`,
      `$KV.${prefix.toUpperCase()}_KEYS.>`,
      `$JS.API.STREAM.INFO.${keys}`,
      `$JS.API.STREAM.MSG.GET.${keys}`,
      `$JS.API.DIRECT.GET.${keys}.>`,
      USER_INFO,
    ],
    subscribe: [`${prefix}.action.>`, `${prefix}.flow.>`, '$SRV.>', '_INBOX.>'],
  }
}

function denied(prefix: string): string {
  const subjects = ['event', 'status', 'audit'].map((what) => `"${prefix}.${what}.>"`)
  return `{ publish: { deny: [${subjects.join(', ')}, "$KV.>"] } }`
}

function permissions({ publish, subscribe }: Rights): string {
  const list = (subjects: readonly string[]) => `[${subjects.map((one) => `"${one}"`).join(', ')}]`
  return `{ publish: { allow: ${list(publish)} }, subscribe: { allow: ${list(subscribe)} } }`
}
