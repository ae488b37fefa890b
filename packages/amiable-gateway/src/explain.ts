// The exit status and the hints for everything that can end a verb.
import { CliError, EXIT, type Explained, SettingsError } from 'amiable-settings'
import { ConfigError } from 'amiable-settings/yaml'
import { EmbeddedError } from './bus/embedded.ts'
import { StoreError } from './bus/log-store.ts'
import type { GatewayError } from './client/request.ts'

/** What the client of NATS calls its errors, and what each means to a user. */
const OF_NATS: Readonly<Record<string, readonly [exit: number, code: string, hint: string]>> = {
  AuthorizationError: [
    EXIT.login,
    'NATS_LOGIN',
    'Compare credsFile, nkeyFile or user and password with those of NATS.',
  ],
  UserAuthenticationExpiredError: [EXIT.login, 'NATS_LOGIN', 'The credentials have expired: make new ones.'],
  PermissionViolationError: [EXIT.refused, 'NATS_DENIED', 'amiable-gateway permissions prints what each user needs.'],
  ConnectionError: [EXIT.noConnection, 'NATS_AWAY', 'Does nats-server run, and is it the address of nats.servers?'],
  ClosedConnectionError: [EXIT.noConnection, 'NATS_AWAY', 'The connection to NATS was lost.'],
  TimeoutError: [EXIT.late, 'NATS_SILENT', 'NATS did not answer in time. Does it run with JetStream?'],
  RequestError: [EXIT.refused, 'NATS_REFUSES', 'Does this NATS run with JetStream, and may this user use it?'],
  NoResponders: [EXIT.refused, 'NATS_REFUSES', 'Does this NATS run with JetStream, and may this user use it?'],
}

/** Turns whatever was thrown into a message, hints and an exit status. */
export function explain(error: unknown): Explained {
  if (error instanceof CliError) {
    const { exit, code, message, hints } = error
    return { exit, code, message, hints }
  }
  if (error instanceof SettingsError) {
    return { exit: EXIT.usage, code: error.code, message: error.message, hints: error.hints }
  }
  if (error instanceof ConfigError) {
    return { exit: EXIT.usage, code: 'CONFIG', message: error.message, hints: [] }
  }
  if (error instanceof EmbeddedError) {
    return { exit: EXIT.noConnection, code: 'NATS_SERVER', message: error.message, hints: [] }
  }
  if (error instanceof StoreError) {
    return { exit: EXIT.refused, code: 'NATS_REFUSES', message: error.message, hints: [] }
  }
  if (!(error instanceof Error)) return ofBug(String(error))
  // a request that this user may not make comes back as one that failed
  if (/^Permissions Violation\b/.test(error.message)) return ofNats('PermissionViolationError', error.message)
  if (error.name === 'GatewayError') return ofGateway(error as GatewayError)
  if (/^(?:JetStream|StreamNotFound|ConsumerNotFound)/.test(error.name)) {
    const hints = /insufficient (?:storage|memory)/.test(error.message)
      ? ['The streams ask for more than NATS may store: lower log.maxBytes and log.keepBytes, or raise max_file_store.']
      : []
    return { exit: EXIT.refused, code: 'NATS_REFUSES', message: `JetStream refuses: ${error.message}`, hints }
  }
  if (Object.hasOwn(OF_NATS, error.name)) return ofNats(error.name, error.message)
  // a file or a port that the system refuses is no fault of this program
  if ('syscall' in error) return { exit: EXIT.output, code: 'SYSTEM', message: error.message, hints: [] }
  return ofBug(error.stack ?? error.message)
}

function ofNats(name: string, message: string): Explained {
  const [exit, code, hint] = OF_NATS[name] ?? [EXIT.noConnection, 'NATS_AWAY', '']
  return { exit, code, message: `NATS: ${message}`, hints: [hint] }
}

/** What each code means to a shell; whatever nobody knows is 6. */
const OF_GATEWAY: Readonly<Record<string, number>> = {
  AMI_ARGUMENT: EXIT.usage,
  AMI_LIMIT: EXIT.limit,
  GW_TOO_LARGE: EXIT.limit,
  GW_EXPIRED: EXIT.late,
  AMI_TIMEOUT: EXIT.late,
  GW_UNAVAILABLE: EXIT.noConnection,
  AMI_LOST: EXIT.noConnection,
  AMI_CONNECT: EXIT.noConnection,
  AMI_AUTH: EXIT.login,
}

function ofGateway({ code, message, delivered }: GatewayError): Explained {
  const exit = delivered === 'unknown' ? EXIT.unknown : (OF_GATEWAY[code] ?? EXIT.refused)
  const look = delivered === 'unknown' ? ': look before you ask again without a key' : ''
  return { exit, code, message, delivered, hints: [`delivered: ${delivered}${look}`] }
}

function ofBug(text: string): Explained {
  const hints = ['Please report it with these lines.']
  return { exit: EXIT.bug, code: 'BUG', message: `this is a fault of amiable-gateway itself: ${text}`, hints }
}
