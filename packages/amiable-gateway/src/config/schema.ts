// The form of a configuration. What cannot be said here, such as that a file exists, is in faults.ts.
import { duration, flag, list, must, path, secret, section, size, text, whole } from 'amiable-settings/yaml'
import { z } from 'zod'
import { STATE_KINDS, type StateKind } from '../schema/state.ts'

const DAY = 86_400_000
const GIB = 1_073_741_824

/** What an Asterisk may be called: a token of subjects and of streams' names. */
export const SERVER_NAME = /^[A-Za-z0-9_-]{1,32}$/

/** How a user of NATS logs in. */
const account = {
  credsFile: path().optional(),
  nkeyFile: path().optional(),
  user: text('a user of NATS').optional(),
  password: secret.optional(),
}

// manager.c perms[]; an appliance's own classes are written with small letters as well
const eventClass = text('a class of events such as call', /^[a-z][a-z0-9_-]{0,31}$/)

const asterisk = section({
  host: text('the name or address of a host', /^[\w.:%-]{1,255}$/),
  port: whole(1, 65_535).optional(),
  username: text('a user of manager.conf', /^[\x21-\x7e]{1,79}$/),
  secret,
  tls: z.union([flag(), section({ caFile: path() })], { error: must('true, false or { caFile: … }') }).default(false),
  events: list(eventClass, 'a list of classes such as [call, agent]')
    .refine((all) => all.length > 0, { error: 'must name at least one class' })
    .default(['system', 'call', 'agent', 'user', 'cdr', 'cc', 'security']),
})

const context = text('a context of the dialplan', /^[\w.+-]{1,79}$/)
const technology = text('a technology such as PJSIP', /^\w[\w-]{0,31}$/)
const actionName = text('an action', /^[A-Za-z][\w-]{0,63}$/)
// literal tokens, and > at the end: a reply goes nowhere else
const inbox = text('a subject such as _INBOX_crm.>', /^_[A-Za-z0-9_-]{1,63}\.>$/)

const actions = section({
  classes: list(
    z.enum(['read', 'call', 'queue', 'message', 'admin'], {
      error: must('read, call, queue, message or admin; an action of class danger stands in actions.allow'),
    }),
    'a list of classes such as [read, queue]',
  ).default(['read']),
  allow: list(actionName, 'a list of actions').default([]),
  contexts: list(context, 'a list of contexts').default([]),
  technologies: list(technology, 'a list of technologies').default(['Local']),
  trunks: list(text('an endpoint', /^[\w.-]{1,79}$/), 'a list of endpoints').default([]),
  variables: list(text('a variable of a channel', /^\w[^\s=,"\\]{0,78}$/), 'a list of variables').default([]),
  applications: list(text('an application', /^\w{1,79}$/), 'a list of applications').default([]),
  inboxes: list(inbox, 'a list of subjects').default(['_INBOX.>']),
  perCaller: whole(1, 100_000).default(50),
  inFlight: whole(1, 1_024).default(64),
  queued: whole(0, 65_536).default(1_024),
  requireExpires: list(
    z.enum(['read', 'call', 'queue', 'message', 'admin', 'danger'], { error: must('a class of actions') }),
    'a list of classes',
  ).default(['call']),
  trustRequestInfo: flag().default(false),
})

const logs = section({
  replicas: z.union([z.literal(1), z.literal(3), z.literal(5)], { error: must('1, 3 or 5') }).optional(),
  maxAge: duration(60_000, 3_650 * DAY).default(DAY),
  maxBytes: size(1_048_576, 65_536 * GIB).default(GIB),
  takeover: duration(200, 60_000).default(1_000),
  ring: size(1_048_576, 4 * GIB).default(64 * 1_048_576),
  rings: size(1_048_576, 64 * GIB).default(512 * 1_048_576),
  keepAge: duration(60_000, 36_500 * DAY).default(7 * DAY),
  keepBytes: size(1_048_576, 65_536 * GIB).default(10 * GIB),
  manage: flag().default(true),
})

const stateKind = z.enum(Object.keys(STATE_KINDS) as [StateKind, ...StateKind[]], {
  error: must(`one of ${Object.keys(STATE_KINDS).join(', ')}`),
})

const state = z.union(
  [
    z.literal(false),
    section({
      kinds: list(stateKind, 'a list of kinds such as [channels, queues]')
        .refine((all) => all.length > 0, { error: 'must name at least one kind' })
        .default(['channels', 'bridges', 'calls', 'queues', 'rooms', 'parking', 'devices', 'hints']),
    }),
  ],
  { error: must('false or { kinds: … }') },
)

const PORT = '(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])'
/** An address of NATS. A user name or a password in it would stand in every list of processes and every log. */
export const NATS_ADDRESS = new RegExp(`^(?:(?:nats|tls)://)?(?:[\\w.-]+|\\[[0-9A-Fa-f:.]+\\])(?::${PORT})?$`)
const server = text('an address such as nats://n1:4222, without a user name or a password', NATS_ADDRESS)

const nats = section({
  servers: list(server, 'a list of addresses')
    .refine((all) => all.length > 0, { error: 'must name at least one server, or nats must be left out' })
    .optional(),
  ...account,
  answers: section(account).optional(),
  tls: section({ caFile: path().optional(), certFile: path().optional(), keyFile: path().optional() }).optional(),
})

const LISTEN = new RegExp(`^(?:[\\w.-]+|\\[[0-9A-Fa-f:.]+\\]):(?:0|${PORT})$`)

const http = z.union(
  [
    z.literal(false),
    section({
      listen: text('an address and a port such as 127.0.0.1:9464', LISTEN).default('127.0.0.1:9464'),
    }),
  ],
  { error: must('false or { listen: … }') },
)

/** A configuration as it stands in its file. */
export const configSchema = section({
  gateway: section({ name: text('a name of letters, digits, - and _', SERVER_NAME).optional() }).default({}),
  prefix: text('one token such as ami', /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/).default('ami'),
  nats: nats.default({}),
  asterisks: z
    .record(z.string(), asterisk, { error: must('an object with an entry for each Asterisk') })
    .refine((all) => Object.keys(all).length > 0, { error: 'must name at least one Asterisk' }),
  actions: actions.prefault({}),
  log: logs.prefault({}),
  state: state.prefault({}),
  http: http.prefault({}),
  logger: section({
    level: z.enum(['debug', 'info', 'warn', 'error'], { error: must('debug, info, warn or error') }).default('info'),
  }).prefault({}),
})

/** A configuration that holds, with all defaults. */
export type Config = z.infer<typeof configSchema>
