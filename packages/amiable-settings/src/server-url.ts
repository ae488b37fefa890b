import { SettingsError } from './settings-error.ts'

/** Where a server is, and whose account it is. */
export interface ServerAddress {
  readonly host: string
  readonly port?: number
  readonly username: string
  readonly tls?: boolean
}

const EXAMPLE = 'as in ami://frank@pbx1.example.net:5038, or amis:// for TLS'

/**
 * Reads `ami://user@host:port` or `amis://user@host:port`. A URL with a password is refused, and never shown.
 * @param where the option or variable that holds it, for messages
 */
export function addressOfUrl(text: string, where: string): ServerAddress {
  const withScheme = /^\w+:\/\//.test(text) ? text : `ami://${text}`
  // what stands before the last @ may hold a password with any characters
  if (/^\w+:\/\/[^/]*:.*@/.test(withScheme)) {
    const why = where.startsWith('-')
      ? 'every user of this machine can read the arguments of a command'
      : 'addresses are shown in messages, logs and lists'
    throw usage(
      `${where} must not hold a password: ${why}`,
      'Give the secret by AMIABLE_SECRET_FILE, or say in the settings where it is',
    )
  }
  const port = /:(\d+)\/*$/.exec(withScheme)?.[1]
  if (port !== undefined && !isPort(Number(port))) {
    throw usage(`${where} must have a port from 1 to 65535, and ${port} is none`)
  }
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined
  if (url === undefined) throw usage(`${where} must be a server, ${EXAMPLE}`)
  if (url.protocol !== 'ami:' && url.protocol !== 'amis:') {
    throw usage(`${where} must begin with ami:// or amis://, ${EXAMPLE}`)
  }
  if (url.username === '') throw usage(`${where} needs a user name, ${EXAMPLE}`)
  if (url.hostname === '' || !/^\/?$/.test(url.pathname) || url.search || url.hash) {
    throw usage(`${where} must be a user name, a host and a port, ${EXAMPLE}`)
  }
  const username = decoded(url.username)
  if (/\p{Cc}/u.test(username)) throw usage(`${where} must have no control characters in its user name`)
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(url.port !== '' && { port: Number(url.port) }),
    username,
    ...(url.protocol === 'amis:' && { tls: true }),
  }
}

function isPort(port: number): boolean {
  return port > 0 && port < 65_536
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Returns the URL of a server. */
export function urlOf({ host, port, username, tls }: ServerAddress): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `${tls ? 'amis' : 'ami'}://${encodeURIComponent(username)}@${name}:${port ?? (tls ? 5039 : 5038)}`
}

function usage(message: string, ...hints: readonly string[]): SettingsError {
  return new SettingsError('USAGE', message, ...hints)
}
