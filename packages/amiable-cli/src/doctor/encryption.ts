// TLS of a server: whether it can be believed, and for how long.
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import type { Context } from '../context/config-file.ts'
import { certificatesOf } from '../context/targets.ts'
import { isLoopback } from '../managerconf/check-general.ts'
import type { Finding } from './finding.ts'
import { greetsInTheClear } from './reach.ts'

const DAY = 86_400_000
// renewals are made a month before
const SOON = 30
const WEAK = 2_048

/** Looks at the encryption of a server. @param address the one that answered */
export async function checkEncryption(
  name: string,
  context: Context,
  address: string,
  patience: number,
): Promise<Finding[]> {
  if (!context.tls) return isLoopback(address) ? [] : [plain(name)]
  const port = context.port ?? 5039
  const ca = certificatesOf(context)
  const socket = connect({
    host: address,
    port,
    servername: /^[\d.]+$|:/.test(context.host) ? '' : context.host,
    rejectUnauthorized: false,
    // what is too old or too weak is to be seen, and not refused
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
    ...(ca !== undefined && { ca }),
  })
  try {
    const error = await handshake(socket, patience)
    if (error === undefined) {
      const version = socket.getProtocol() ?? ''
      return judge(name, context, {
        certificate: socket.getPeerCertificate(),
        version,
        reason: String(socket.authorizationError ?? ''),
      })
    }
    const isPlain = await greetsInTheClear(address, port, patience)
    const says = isPlain ? `port ${port} speaks AMI without TLS` : `TLS cannot begin: ${error.message}`
    const fix = isPlain
      ? [`amiable context set ${name} --host amis://USER@HOST:5039, with tlsenable = yes in [general]`]
      : ['manager.conf [general]: tlsenable = yes, tlscertfile = …, tlsbindaddr = 0.0.0.0:5039']
    return [{ id: 'T1', level: 'error', what: 'TLS', says, fix }]
  } finally {
    socket.destroy()
  }
}

function plain(name: string): Finding {
  return {
    id: 'T5',
    level: 'warn',
    what: 'plain',
    says: 'this connection is not encrypted and leaves this machine',
    fix: [
      'manager.conf [general]: tlsenable = yes, tlsbindaddr = 0.0.0.0:5039, tlscertfile = …',
      `amiable context set ${name} --host amis://USER@HOST`,
    ],
  }
}

function handshake(socket: TLSSocket, patience: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    socket.setTimeout(patience, () => resolve(new Error('no answer')))
    socket.on('secureConnect', () => resolve(undefined))
    socket.on('error', resolve)
    socket.on('close', () => resolve(new Error('the connection was closed')))
  })
}

/** What a handshake showed. */
export interface Shown {
  readonly certificate: PeerCertificate
  readonly version: string
  /** Why the certificate is not believed; empty if it is. */
  readonly reason: string
}

/** Says what is wrong with what a handshake showed. */
export function judge(name: string, context: Context, { certificate, version, reason }: Shown): Finding[] {
  const findings = [
    ...ofChain(name, reason),
    ...ofName(name, context, certificate),
    ...ofTime(certificate),
    ...ofStrength(certificate, version),
  ]
  if (findings.length > 0) return findings
  const says = `${version}, for ${context.host} until ${day(Date.parse(certificate.valid_to))}`
  return [{ id: 'T1', level: 'ok', what: 'TLS', says }]
}

function ofChain(name: string, reason: string): Finding[] {
  // names and times have checks of their own
  if (reason === '' || /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ALTNAME/.test(reason)) return []
  const says = /SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY/.test(reason)
    ? 'the certificate is signed by none that is trusted here'
    : `the certificate cannot be checked: ${reason}`
  return [
    { id: 'T1', level: 'error', what: 'chain', says, fix: [`amiable context set ${name} --ca FILE-OF-ITS-AUTHORITY`] },
  ]
}

function ofName(name: string, { host }: Context, certificate: PeerCertificate): Finding[] {
  if (checkServerIdentity(host, certificate) === undefined) return []
  const names = (certificate.subjectaltname ?? String(certificate.subject?.CN ?? '')).replaceAll(
    /DNS:|IP Address:/g,
    '',
  )
  return [
    {
      id: 'T2',
      level: 'error',
      what: 'name',
      says: `the certificate is for ${names}, and not for ${host}`,
      fix: [`amiable context set ${name} --host amis://USER@${names.split(',')[0]}, or a certificate for ${host}`],
    },
  ]
}

function ofTime({ valid_from, valid_to }: PeerCertificate): Finding[] {
  const [from, until, now] = [Date.parse(valid_from), Date.parse(valid_to), Date.now()]
  const about = { id: 'T3', what: 'time', fix: ['give tlscertfile a new certificate, and: module reload manager'] }
  if (until < now) return [{ ...about, level: 'error', says: `the certificate ended on ${day(until)}` }]
  if (from > now) return [{ ...about, level: 'error', says: `the certificate is not valid before ${day(from)}` }]
  const days = Math.floor((until - now) / DAY)
  return days >= SOON ? [] : [{ ...about, level: 'warn', says: `the certificate ends in ${days} days` }]
}

function ofStrength(certificate: PeerCertificate, version: string): Finding[] {
  const { bits, modulus } = certificate as PeerCertificate & { bits?: number; modulus?: string }
  const findings: Finding[] = []
  if (modulus !== undefined && bits !== undefined && bits < WEAK) {
    const fix = [`a new key: openssl req -newkey rsa:${WEAK} …`]
    findings.push({ id: 'T6', level: 'warn', what: 'key', says: `its key has ${bits} bits, which is too few`, fix })
  }
  if (/^TLSv1(?:\.1)?$/.test(version)) {
    const fix = ['manager.conf [general]: tlsdisablev1 = yes, tlsdisablev11 = yes']
    findings.push({ id: 'T4', level: 'warn', what: 'version', says: `the server agrees on ${version} at most`, fix })
  }
  return findings
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
