import { createHash, timingSafeEqual } from 'node:crypto'
import { wireBytes } from '../protocol/byte-text.ts'
import { ALL_PRIVILEGES, parseEventMask, privileges, privilegeText } from '../protocol/privileges.ts'
import type { ActionContext, Handlers, User } from './context.ts'

// security_events.c: what each kind adds to the common headers
function security({ world, session }: ActionContext, event: string, account: string, more: string) {
  const time = new Date(world.core.clock.now()).toISOString().replace('Z', '+0000')
  const failed = event !== 'SuccessfulAuth' && event !== 'ChallengeSent'
  world.core.emit(
    event,
    `EventTV: ${time}\r\nSeverity: ${failed ? 'Error' : 'Informational'}\r\nService: AMI\r\nEventVersion: 1\r\n` +
      `AccountID: ${account}\r\nSessionID: 0x7f${session.id.toString(16).padStart(10, '0')}\r\n` +
      `LocalAddress: ${session.localAddress}\r\nRemoteAddress: ${session.remoteAddress}\r\n${more}SessionTV: ${time}\r\n`,
  )
}

async function fail(context: ActionContext, message: string): Promise<void> {
  const { server, reply, session } = context
  // action_login sleeps a second before it says so, and closes
  if (server.loginFailureDelay > 0) await reply.delay(server.loginFailureDelay)
  reply.error(message)
  session.end()
}

function authenticate(context: ActionContext): User | undefined {
  const { action, server, session } = context
  const account = action.header('Username')
  const user = server.users.get(account.toLowerCase())
  if (user === undefined) {
    security(context, 'InvalidAccountID', account, '')
    return undefined
  }
  if (action.header('AuthType').toLowerCase() === 'md5') {
    const expected = createHash('md5')
      .update(session.challenge + user.secret, 'latin1')
      .digest('hex')
    const key = action.header('Key')
    if (same(key, expected)) return user
    const more = `Challenge: ${session.challenge}\r\nResponse: ${key}\r\nExpectedResponse: ${expected}\r\n`
    security(context, 'ChallengeResponseFailed', account, more)
    return undefined
  }
  if (same(action.header('Secret'), user.secret)) return user
  security(context, 'InvalidPassword', account, '')
  return undefined
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(wireBytes(a), wireBytes(b))
}

function login(context: ActionContext): void | Promise<void> {
  const { action, reply, server, session, world } = context
  if (session.user !== undefined) return reply.success('Already authenticated')
  const account = action.header('Username')
  if (!server.allowMultipleLogin && server.loggedIn(account)) return fail(context, 'Login Already In Use')
  const user = authenticate(context)
  if (user === undefined) return fail(context, 'Authentication failed')
  const events = action.header('Events')
  session.mask = events === '' ? ALL_PRIVILEGES : (parseEventMask(events) ?? 0)
  session.login(user)
  reply.success('Authentication accepted')
  if (server.booted && (session.mask & user.read & privileges.system) !== 0) {
    const now = world.core.seconds()
    const since = (ms: number): number => now - Math.floor(ms / 1000)
    reply.write(
      `Event: FullyBooted\r\nPrivilege: ${privilegeText(privileges.system)}\r\nUptime: ${since(world.core.bootedAt)}\r\n` +
        `LastReload: ${since(world.core.reloadedAt)}\r\nStatus: Fully Booted\r\n\r\n`,
    )
  }
  security(context, 'SuccessfulAuth', account, 'UsingPassword: 0\r\n')
}

function challenge(context: ActionContext): void | Promise<void> {
  const { action, reply, server, session } = context
  if (action.header('AuthType').toLowerCase() !== 'md5') return reply.error('Must specify AuthType')
  const account = action.header('Username')
  if (!server.allowMultipleLogin && account !== '' && server.loggedIn(account))
    return fail(context, 'Login Already In Use')
  reply.lines(`Response: Success\r\n${reply.idLine()}Challenge: ${session.challenge}\r\n`)
}

async function waitEvent({ action, reply, session }: ActionContext): Promise<void> {
  const seconds = action.header('Timeout')
  const ms = seconds === '' || seconds === '-1' ? 2_147_483_647 : Number.parseInt(seconds, 10) * 1000 || 0
  await session.waitEvent(ms)
  reply.success('Waiting for Event completed.')
  for (const text of session.takeEvents()) reply.write(text)
  reply.lines(`Event: WaitEventComplete\r\n${reply.idLine()}`)
}

// manager.c:action_userevent: every header of the request goes on as it came, in its order, but for these two
function userEvent({ action, reply, world }: ActionContext) {
  let body = `UserEvent: ${action.header('UserEvent')}\r\n`
  for (const line of action.lines) if (!/^(userevent|action):/i.test(line)) body += `${line}\r\n`
  reply.success('Event Sent')
  world.core.emit('UserEvent', body)
}

/** Login, the session's own settings, and what needs nothing but the session. */
export const sessionActions: Handlers = {
  Login: login,
  Challenge: challenge,
  Logoff({ reply, session }) {
    reply.respond('Goodbye', 'Thanks for all the fish.')
    session.end()
  },
  Ping({ reply, world }) {
    reply.lines(`Response: Success\r\n${reply.idLine()}Ping: Pong\r\nTimestamp: ${world.core.timestamp()}\r\n`)
  },
  Events({ action, reply, session }) {
    const mask = parseEventMask(action.header('EventMask'))
    if (mask === undefined) return reply.error('Invalid event mask')
    session.mask = mask
    reply.success(undefined, { Events: mask === 0 ? 'Off' : 'On' })
  },
  Filter({ action, reply, session, world }) {
    if (action.header('Operation').toLowerCase() !== 'add') return reply.error('Unknown operation')
    const filter = action.header('Filter')
    const criteria = world.core.version === 22 ? action.header('MatchCriteria') : ''
    let result = criteria === '' ? session.filters.add(filter) : session.filters.addMatching(criteria, filter)
    if (criteria === '' && filter === '' && world.core.version === 22) result = 'malformed'
    if (result === 'ok') return reply.success('Success')
    const says = result === 'malformed' ? 'was formatted incorrectly' : 'did not compile'
    reply.error(`Filter ${says}.  Check the syntax of the filter given.`)
  },
  ListCommands({ reply, server, session }) {
    let lines = ''
    for (const { name, synopsis, privilege } of server.commands()) {
      if (privilege !== 0 && ((session.user?.write ?? 0) & privilege) === 0) continue
      lines += `${name}: ${synopsis}  (Priv: ${privilegeText(privilege)})\r\n`
    }
    reply.lines(`Response: Success\r\n${reply.idLine()}${lines}`)
  },
  WaitEvent: waitEvent,
  UserEvent: userEvent,
}
