// Why there is no session, in words: the likely causes, for the other side does not say.

// Asterisk says nothing when too many log in at once, nor to an address that the ACL refuses (manager.c:session_do, at
// its `goto done`). What publishes the ports of a container accepts for it, and closes where nobody listens inside
const CAUSES =
  'its authlimit may be reached, or its ACL may refuse this address; likelier, nobody listens behind the port ' +
  '(a container, something that forwards)'

/** Says why a connection was closed before its first byte. */
export function closedWithoutAWord(failure: string | undefined, tls: boolean): string {
  const how = failure === undefined ? 'the server closed the connection' : `the connection failed (${failure})`
  return `${how} without a word: ${CAUSES}, or it speaks ${tls ? 'no TLS' : 'TLS (set tls)'}`
}

/** Says why the time for the login is over. */
export function noLogin(greeted: boolean, milliseconds: number, tls: boolean): string {
  if (greeted) return `no answer to the login within ${milliseconds} ms`
  const likely = tls ? 'it may be no AMI port' : 'it may speak TLS (set tls), or be no AMI port'
  return `no banner within ${milliseconds} ms: ${likely}; Asterisk's is 5038, and 5039 with TLS`
}

// the types of a TLS record; in front of its version, 3.x (RFC 8446, 5.1)
const ALERT = 21
const HANDSHAKE = 22

/** Says why what came first is no banner. */
export function notABanner(line: string): string {
  if (line.charCodeAt(1) === 3 && (line.charCodeAt(0) === ALERT || line.charCodeAt(0) === HANDSHAKE)) {
    return 'it is no AMI server, or one that speaks TLS: set tls'
  }
  if (/^HTTP\//.test(line)) return 'it is no AMI server but one of HTTP: AMI has a port of its own, 5038'
  return 'it is no AMI server'
}

/** Says why the time for the connection is over. */
export function noConnection(milliseconds: number, tls: boolean): string {
  return `no connection within ${milliseconds} ms${tls ? ', TLS included: the port may not speak it' : ''}`
}
