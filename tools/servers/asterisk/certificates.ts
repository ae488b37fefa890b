// Certificates for the TLS port and for tests of what a client must refuse. Made anew when they near their end.
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, UnavailableError } from './machine.ts'

const VALID_DAYS = 30
const RENEW_AFTER_DAYS = 20
const NAMES = 'subjectAltName=DNS:localhost,IP:127.0.0.1'

export interface Certificates {
  /** What a test's client trusts. */
  ca: string
  /** Key and certificate of the server, signed by `ca`, for localhost and 127.0.0.1. */
  server: string
  /** The same names, signed by nobody that `ca` knows: key and certificate. */
  untrusted: string
  /** Signed by `ca`, but its time is over: key and certificate. */
  expired: string
}

export function certificatesIn(directory: string): Certificates {
  const at = (name: string) => join(directory, `${name}.pem`)
  return { ca: at('ca'), server: at('server'), untrusted: at('untrusted'), expired: at('expired') }
}

export async function makeCertificates(directory: string): Promise<Certificates> {
  const paths = certificatesIn(directory)
  if (daysOld(paths.expired) < RENEW_AFTER_DAYS) return paths
  // Made beside and moved, so that nobody reads half a set; the caller holds the lock.
  const fresh = `${directory}.new`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { recursive: true, mode: 0o700 })
  await authority(fresh, 'ca')
  await authority(fresh, 'other')
  await issue(fresh, { name: 'server', by: 'ca', days: VALID_DAYS })
  await issue(fresh, { name: 'untrusted', by: 'other', days: VALID_DAYS })
  await issue(fresh, { name: 'expired', by: 'ca', days: -1 })
  rmSync(directory, { recursive: true, force: true })
  renameSync(fresh, directory)
  return paths
}

function daysOld(file: string): number {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat ? (Date.now() - stat.mtimeMs) / 86_400_000 : Number.POSITIVE_INFINITY
}

async function authority(directory: string, name: string): Promise<void> {
  const subject = ['-subj', `/CN=amiable test authority ${name}`]
  const out = ['-keyout', `${name}.key`, '-out', `${name}.pem`]
  await openssl(directory, ['req', '-x509', ...newKey(), ...subject, '-days', String(VALID_DAYS), ...out])
}

async function issue(directory: string, cert: { name: string; by: string; days: number }): Promise<void> {
  const { name, by, days } = cert
  const extensions = join(directory, 'names.ext')
  writeFileSync(extensions, `${NAMES}\nbasicConstraints=CA:FALSE\n`)
  const request = ['-subj', '/CN=localhost', '-keyout', `${name}.key`, '-out', `${name}.csr`]
  await openssl(directory, ['req', ...newKey(), ...request])
  const signer = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-extfile', extensions]
  const { stdout: key } = await run('cat', [`${name}.key`], { cwd: directory })
  const made = await openssl(directory, ['x509', '-req', '-in', `${name}.csr`, ...signer, '-days', String(days)])
  writeFileSync(join(directory, `${name}.pem`), key + made, { mode: 0o600 })
}

const newKey = () => ['-newkey', 'rsa:2048', '-nodes']

async function openssl(cwd: string, args: string[]): Promise<string> {
  try {
    return (await run('openssl', args, { cwd })).stdout
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new UnavailableError(
        'real Asterisk servers: openssl is missing, which makes their certificates (apt-get install openssl)',
        { cause },
      )
    }
    throw new Error(`openssl ${args[0]} failed while making the test certificates`, { cause })
  }
}
