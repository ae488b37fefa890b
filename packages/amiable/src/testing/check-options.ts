import {
  type Check,
  checkAmount,
  checkBoolean,
  checkChoice,
  checkClock,
  checkDelay,
  checkEach,
  checkRecord,
  checkString,
  checkText,
  checkWhole,
  got,
  gotSecret,
} from '../check.ts'
import { invalid } from '../errors.ts'
import type { QueueMemberOptions, QueueOptions } from './model/queues.ts'
import type { RegistrationOptions } from './model/registrations.ts'
import type { EndpointOptions, MailboxOptions } from './model/stores.ts'
import type { ServerOptions, UserOptions } from './options.ts'
import { privileges } from './protocol/privileges.ts'

// what a caller without types passes is checked before a port is opened

const port: Check = (argument, value) => checkWhole(argument, value, 0, 65_535)
const wholeNumber: Check = (argument, value) => checkWhole(argument, value, 0)

const listOf =
  (check: Check): Check =>
  (argument, value) => {
    if (!Array.isArray(value)) throw invalid(argument, `must be a list, ${got(value)}`)
    for (const [at, one] of value.entries()) check(`${argument}[${at}]`, one)
  }

const recordOf =
  (check: Check): Check =>
  (argument, value) => {
    checkRecord(argument, value, 'an object, by name')
    for (const [name, one] of Object.entries(value)) check(`${argument}.${name}`, one)
  }

/** Checks a list of privilege classes. */
export const checkClasses: Check = listOf((argument, value) => {
  if (typeof value === 'string' && (value === 'all' || Object.hasOwn(privileges, value))) return
  throw invalid(argument, `must be a privilege class or 'all', ${got(value)}`)
})

const user: Check = (argument, value) => {
  if (typeof value === 'string') return
  if (typeof value !== 'object') throw invalid(argument, `must be a secret, or an object with one, ${gotSecret(value)}`)
  const checks = { secret: checkString, read: checkClasses, write: checkClasses, eventFilters: listOf(checkString) }
  const { secret } = checkEach<UserOptions>(argument, value, checks, 'a secret, or an object with one')
  if (secret === undefined) throw invalid(argument, 'must be a secret, or an object with one')
}

const member: Check = (argument, value) => {
  const checks = {
    interface: checkText,
    name: checkString,
    penalty: checkAmount,
    paused: checkBoolean,
    stateInterface: checkString,
  }
  const { interface: device } = checkEach<QueueMemberOptions>(argument, value, checks)
  if (device === undefined) throw invalid(`${argument}.interface`, 'is missing')
}

const queue: Check = (argument, value) => {
  checkEach<QueueOptions>(argument, value, {
    strategy: checkString,
    timeout: checkAmount,
    max: wholeNumber,
    members: listOf(member),
  })
}

const endpoint: Check = (argument, value) => {
  const answers = ['answer', 'busy', 'congestion', 'noanswer', 'unavailable'] as const
  checkEach<EndpointOptions>(argument, value, {
    answers: (name, one) => checkChoice(name, one, answers),
    ringTime: checkDelay,
    contact: checkString,
  })
}

const registration: Check = (argument, value) => {
  checkEach<RegistrationOptions>(argument, value, {
    server: checkText,
    client: checkText,
    status: (name, one) => checkChoice(name, one, ['Registered', 'Unregistered', 'Rejected']),
  })
}

const mailbox: Check = (argument, value) => {
  const count = wholeNumber
  checkEach<MailboxOptions>(argument, value, {
    fullName: checkString,
    email: checkString,
    new: count,
    old: count,
    urgent: count,
  })
}

/** Checks how a server boots. */
export const checkBoot: Check = (argument, value) => {
  checkEach<{ duration: number; modules: readonly string[] }>(argument, value, {
    duration: checkDelay,
    modules: listOf(checkString),
  })
}

/** Checks the options of a new queue. */
export const checkQueue: Check = queue

/** Checks a queue's new member. */
export const checkMember: Check = member

/** Checks the options of an endpoint. */
export const checkEndpoint: Check = endpoint

/** Checks the options of a voicemail box. */
export const checkMailbox: Check = mailbox

/** Checks the options of an outbound registration. */
export const checkRegistration: Check = registration

const pem: Check = (argument, value) => {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return
  throw invalid(argument, `must be PEM as a string or a Buffer, ${got(value)}`)
}

const version: Check = (argument, value) => {
  if (value !== 16 && value !== 22) throw invalid(argument, `must be 16 or 22, ${got(value)}`)
}

/** The check of each option of a server. */
export const serverChecks: Readonly<Record<keyof ServerOptions, Check>> = {
  users: recordOf(user),
  asterisk: version,
  host: checkText,
  port,
  tls: (argument, value) => {
    const { key, cert } = checkEach<NonNullable<ServerOptions['tls']>>(argument, value, { key: pem, cert: pem })
    if (key === undefined) throw invalid(`${argument}.key`, 'is missing')
    if (cert === undefined) throw invalid(`${argument}.cert`, 'is missing')
  },
  clock: checkClock,
  systemName: checkString,
  channelVars: listOf(checkString),
  timestamps: checkBoolean,
  cdr: checkBoolean,
  segments: (argument, value) => checkChoice(argument, value, ['message', 'header']),
  loginFailureDelay: checkDelay,
  authTimeout: checkDelay,
  authLimit: wholeNumber,
  allowMultipleLogin: checkBoolean,
  booted: checkBoolean,
  answerDelay: checkDelay,
  seed: (argument, value) => checkWhole(argument, value, Number.MIN_SAFE_INTEGER),
  dialplan: checkString,
  queues: recordOf(queue),
  endpoints: recordOf(endpoint),
  sounds: recordOf(checkAmount),
  mailboxes: recordOf(mailbox),
  configs: recordOf(checkString),
}

/**
 * Checks the options of a server.
 * @throws {ArgumentError} naming the option that is wrong
 */
export function checkServerOptions(options: ServerOptions): void {
  checkEach<ServerOptions>('', options, serverChecks)
}
