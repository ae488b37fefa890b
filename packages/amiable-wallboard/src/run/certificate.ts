// The certificate of TLS has an end, which whoever keeps a wallboard should hear of before those who look at it.
import { X509Certificate } from 'node:crypto'

const DAY = 86_400_000
/** So long before its end it is said. */
const SOON = 21 * DAY

/** From when and until when a certificate holds, with those of its authorities in the same file. */
export interface Lifetime {
  readonly from: number
  readonly until: number
}

/** Reads the lifetime of what stands in a file of certificates. */
export function lifetimeOf(pem: string): Lifetime {
  const all = pem
    .split(/(?=-----BEGIN CERTIFICATE-----)/)
    .filter((part) => part.startsWith('-----BEGIN CERTIFICATE-----'))
    .map((part) => new X509Certificate(part))
  return {
    from: Math.max(...all.map(({ validFrom }) => Date.parse(validFrom))),
    until: Math.min(...all.map(({ validTo }) => Date.parse(validTo))),
  }
}

/** Says that a certificate has ended, ends soon or has not begun; nothing where all is well. The text is another each day. */
export function lifetimeFault({ from, until }: Lifetime, now: number): string | undefined {
  if (until < now)
    return `the certificate has expired on ${dayOf(until)}, ${daysOf(now - until)} ago: browsers refuse it`
  if (from > now) return `the certificate is valid from ${dayOf(from)} on only: browsers refuse it until then`
  if (until - now > SOON) return undefined
  return `the certificate expires on ${dayOf(until)}, in ${daysOf(until - now)}: put a new one in its place`
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

function daysOf(span: number): string {
  const days = Math.floor(span / DAY)
  return days === 1 ? '1 day' : `${days} days`
}
