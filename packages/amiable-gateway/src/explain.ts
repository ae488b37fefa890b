// The exit status and the hints for everything that can end a verb.
import { CliError, EXIT, type Explained, SettingsError } from 'amiable-settings'
import { ConfigError } from 'amiable-settings/yaml'
import { EmbeddedError } from './bus/embedded.ts'
import { StoreError } from './bus/log-store.ts'

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
  NoRespondersError: [EXIT.refused, 'NATS_REFUSES', 'Does this NATS run with JetStream, and may this user use it?'],
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
  const [exit, code, hint] = OF_NATS[error.name] ?? []
  if (exit !== undefined && code !== undefined && hint !== undefined) {
    return { exit, code, message: `NATS: ${error.message}`, hints: [hint] }
  }
  // a file or a port that the system refuses is no fault of this program
  if ('syscall' in error) return { exit: EXIT.output, code: 'SYSTEM', message: error.message, hints: [] }
  return ofBug(error.stack ?? error.message)
}

function ofBug(text: string): Explained {
  const hints = ['Please report it with these lines.']
  return { exit: EXIT.bug, code: 'BUG', message: `this is a fault of amiable-gateway itself: ${text}`, hints }
}
