// Passwords of local users, by Node's scrypt.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

// 32 MiB and some 100 ms a try
const COST = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1_024 * 1_024 }
const LENGTH = 32
const SALT = 16
/** As long as a hash that nobody has: a name that is unknown takes as long as one that is known. */
const NOBODY = `scrypt:${Buffer.alloc(SALT).toString('base64')}:${Buffer.alloc(LENGTH).toString('base64')}`

/** Returns what stands in the file of users for a password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT)
  return `scrypt:${salt.toString('base64')}:${(await derive(password, salt)).toString('base64')}`
}

/** Whether a password is that of a hash. Without a hash it takes as long, and is false. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, salt = '', key = ''] = (hash ?? NOBODY).split(':')
  const derived = await derive(password, Buffer.from(salt, 'base64'))
  const known = Buffer.from(key, 'base64')
  return known.length === derived.length && timingSafeEqual(known, derived) && hash !== undefined
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, LENGTH, COST, (error, key) => (error ? reject(error) : resolve(key)))
  })
}
