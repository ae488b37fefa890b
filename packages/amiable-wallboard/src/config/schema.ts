// The form of a configuration. What cannot be said here, such as that a file exists, is in faults.ts.
import { duration, flag, list, must, path, secret, section, text, whole } from 'amiable-settings/yaml'
import { z } from 'zod'
import { LANGUAGE_NAMES } from '../protocol/language.ts'

const DAY = 86_400_000

/** What an Asterisk, a board or a user may be called. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/

/** An address and a port, such as `127.0.0.1:8090`. */
export const LISTEN = /^(?:[\w.-]+|\[[0-9A-Fa-f:.]+\]):(?:6553[0-5]|655[0-2]\d|65[0-4]\d{2}|6[0-4]\d{3}|[1-5]?\d{1,4})$/

const pattern = text('a name in which * stands for any characters', /^[^\p{Cc}]{1,128}$/u)
const patterns = list(pattern, 'a list of names, in which * stands for any characters')
const queues = list(text('the name of a queue', /^[^\p{Cc}]{1,128}$/u), 'a list of queues')

const asterisk = section({
  host: text('the name or address of a host', /^[\w.:%-]{1,255}$/),
  port: whole(1, 65_535).optional(),
  username: text('a user of manager.conf', /^[\x21-\x7e]{1,79}$/),
  secret,
  tls: z.union([flag(), section({ caFile: path() })], { error: must('true, false or { caFile: … }') }).default(false),
})

const device = section({
  server: text('the name of an Asterisk', NAME),
  interface: text('a device such as PJSIP/100', /^[A-Za-z][\w]*\/[\w.@+-]{1,79}$/),
})

const role = z.enum(['viewer', 'agent', 'supervisor', 'admin'], { error: must('viewer, agent, supervisor or admin') })

const scope = {
  role,
  servers: patterns.optional(),
  queues: patterns.optional(),
  devices: patterns.optional(),
  device: device.optional(),
}

const header = text('the name of a header', /^[A-Za-z0-9-]{1,64}$/)

const signIn = section({
  mode: z.enum(['none', 'proxy', 'local'], { error: must('none, proxy or local') }).default('none'),
  role: role.default('admin'),
  device: device.optional(),
  usersFile: path().optional(),
  networks: list(
    text('a network such as 10.0.0.0/8', /^[0-9A-Fa-f:.]{2,45}(?:\/\d{1,3})?$/),
    'a list of networks',
  ).optional(),
  userHeader: header.default('x-forwarded-user'),
  secretHeader: header.default('x-amiable-secret'),
  secret: secret.optional(),
  idle: duration(60_000, 30 * DAY).default(DAY / 2),
})

const place = {
  x: whole(0, 11),
  y: whole(0, 5),
  w: whole(1, 12),
  h: whole(1, 6),
  title: text('a title', /^\P{Cc}{0,128}$/u).optional(),
}

const figure = z.enum(['waiting', 'longest', 'inLevel', 'abandoned', 'answered', 'ready', 'loggedIn', 'inCall'], {
  error: must('waiting, longest, inLevel, abandoned, answered, ready, loggedIn or inCall'),
})

const tile = z.discriminatedUnion(
  'type',
  [
    section({ type: z.literal('figure'), ...place, figure, queues: queues.default([]) }),
    section({ type: z.literal('queue'), ...place, queue: text('the name of a queue') }),
    section({ type: z.literal('agents'), ...place, queues: queues.default([]) }),
    section({ type: z.literal('callers'), ...place, queues: queues.default([]) }),
    section({ type: z.literal('chart'), ...place, queues: queues.default([]) }),
    section({ type: z.literal('clock'), ...place, zone: text('a time zone such as Europe/Berlin').optional() }),
    section({ type: z.literal('text'), ...place, text: text('a text', /^\P{Cc}{1,1024}$/u) }),
  ],
  { error: must('a tile with a type: figure, queue, agents, callers, chart, clock or text') },
)

const board = section({
  title: text('a title', /^\P{Cc}{1,128}$/u),
  tiles: z.array(tile, { error: must('a list of tiles') }).min(1, { error: 'must have at least one tile' }),
  masked: flag().default(true),
  rotation: list(text('the name of a board', NAME), 'a list of boards').default([]),
  seconds: whole(5, 3_600).default(20),
})

/** A limit with two steps. */
function limits(least: number, most: number) {
  return section({ warning: whole(least, most), alarm: whole(least, most) })
}

const waits = section({ warning: duration(1_000, DAY), alarm: duration(1_000, DAY) })

const alerts = section({
  waiting: limits(1, 100_000).prefault({ warning: 3, alarm: 6 }),
  waitingFor: duration(0, DAY).default(30_000),
  longestWait: waits.prefault({ warning: 60_000, alarm: 120_000 }),
  serviceLevel: limits(0, 100).prefault({ warning: 90, alarm: 80 }),
  nobodyReady: flag().default(true),
  trunkDown: flag().default(true),
  serverStale: duration(1_000, DAY).default(10_000),
})

const window = z.enum(['15', '60', 'today'], { error: must("'15', '60' or today") })

/** A configuration as it stands in its file. */
export const configSchema = section({
  site: section({
    name: text('a name', /^\P{Cc}{1,64}$/u).default('Wallboard'),
    language: z
      .enum(['auto', ...LANGUAGE_NAMES], {
        error: must(`auto or a language of the page: ${LANGUAGE_NAMES.join(', ')}`),
      })
      .default('auto'),
    theme: z.enum(['auto', 'light', 'dark'], { error: must('auto, light or dark') }).default('auto'),
    themeFile: path().optional(),
    logoFile: path().optional(),
    pauseReasons: list(text('a reason', /^\P{Cc}{1,64}$/u), 'a list of reasons').default([]),
    windows: list(window, 'a list of 15, 60 and today').default(['60', '15', 'today']),
  }).prefault({}),
  listen: text('an address and a port such as 127.0.0.1:8090', LISTEN).default('127.0.0.1:8090'),
  hosts: list(
    text('a host such as wallboard.example.net', /^(?:[\w.-]{1,253}|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/),
    'a list of hosts',
  ).default([]),
  tls: section({ certFile: path(), keyFile: path() }).optional(),
  frameAncestors: list(
    text('an origin such as https://intranet.example.net', /^https?:\/\/[\w.-]{1,253}(?::\d{1,5})?$/),
    'a list of origins',
  ).default([]),
  asterisks: z
    .record(z.string(), asterisk, { error: must('an object with an entry for each Asterisk') })
    .refine((all) => Object.keys(all).length > 0, { error: 'must name at least one Asterisk' }),
  trunks: patterns.default([]),
  calls: section({
    context: text('a context of the dialplan', /^[\w.+-]{1,79}$/).optional(),
    callerId: text('a caller id', /^\P{Cc}{1,79}$/u).default('Wallboard'),
    ringTime: duration(1_000, 300_000).default(30_000),
  }).prefault({}),
  signIn: signIn.prefault({}),
  boards: z.record(z.string(), board, { error: must('an object with an entry for each board') }).default({}),
  alerts: alerts.prefault({}),
  auditFile: path().optional(),
  stateFolder: path().optional(),
  metricsToken: secret.optional(),
  limits: section({
    browsers: whole(1, 100_000).default(2_000),
    browsersEach: whole(1, 100_000).default(64),
  }).prefault({}),
})

/** A configuration that holds, with all defaults. */
export type Config = z.infer<typeof configSchema>

/** The file of users. */
export const usersSchema = section({
  users: z.record(
    z.string(),
    section({
      ...scope,
      password: text(
        'what amiable-wallboard password prints',
        /^scrypt:[A-Za-z0-9+/=]{24}:[A-Za-z0-9+/=]{44}$/,
      ).optional(),
    }),
    { error: must('an object with an entry for each user') },
  ),
})

/** Users that hold, by name. */
export type Users = z.infer<typeof usersSchema>['users']
/** What the configuration says of somebody. */
export type UserConfig = Users[string]
