import { createHash } from 'node:crypto'

const LONGEST = 180

/**
 * Returns the name of a record in the bucket: `server.kind.key`. No two records have the same, whatever a key is made
 * of: letters, digits and `-` stay, and any other byte becomes `_` and two digits.
 */
export function stateKey(server: string, kind: string, key = ''): string {
  return key === '' ? `${server}.${kind}` : `${server}.${kind}.${tokenOf(key)}`
}

function tokenOf(key: string): string {
  const token = /^[A-Za-z0-9-]*$/.test(key) ? key : [...Buffer.from(key)].map(byteOf).join('')
  // a subject has to fit in a line of NATS' protocol; what follows `__` is no byte
  if (token.length <= LONGEST) return token
  return `${token.slice(0, LONGEST / 2)}__${createHash('sha256').update(key).digest('hex')}`
}

function byteOf(byte: number): string {
  const letter = String.fromCharCode(byte)
  return /[A-Za-z0-9-]/.test(letter) ? letter : `_${byte.toString(16).padStart(2, '0')}`
}
