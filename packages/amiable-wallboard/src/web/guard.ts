// What every request must be before anybody looks at it: for this host, and, where it changes something, from our page.
import type { Context, MiddlewareHandler } from 'hono'
import { isLoopback } from '../config/load.ts'
import type { Person } from '../people/person.ts'
import type { Refusal, RefusalCode } from '../protocol/action.ts'

/** What Hono hands from one to the next. */
export interface Web {
  Bindings: {
    incoming?: { socket: { remoteAddress?: string | undefined; encrypted?: boolean } }
    outgoing?: import('node:http').ServerResponse
  }
  Variables: {
    person: Person | undefined
    token: string | undefined
    /** Where somebody asks from; the proxy says it of those behind it. */
    address: string
  }
}

/** Takes down what somebody did, or tried, who acted on no Asterisk; `code` says why it was refused. */
export type Audited = (
  verb: 'signIn' | 'signOut' | 'display' | 'revokeDisplay',
  who: Pick<Person, 'name' | 'role'>,
  from: string,
  what?: { readonly code?: RefusalCode | null; readonly key?: string | null; readonly on?: string | null },
) => void

const STATUS = {
  invalid: 400,
  signIn: 401,
  forbidden: 403,
  scope: 403,
  origin: 403,
  gone: 404,
  changed: 409,
  reused: 409,
  impossible: 409,
  long: 413,
  host: 421,
  throttled: 429,
  unavailable: 503,
} as const satisfies Record<RefusalCode, number>

/** Returns the address that the connection comes from. */
export function addressOf(context: Context<Web>): string {
  return context.env?.incoming?.socket.remoteAddress ?? ''
}

/** Refuses a request. */
export function refuse(context: Context<Web>, code: RefusalCode, message: string, retryAfter?: number): Response {
  const refusal: Refusal = { code, message, ...(retryAfter !== undefined && { retryAfter }) }
  if (retryAfter !== undefined) context.header('retry-after', String(retryAfter))
  context.header('cache-control', 'no-store')
  return context.json(refusal, STATUS[code])
}

/** The headers of all answers: nothing is loaded from elsewhere, nothing inline, and nobody frames it unasked. */
export function headersOf(frameAncestors: readonly string[], isTls: boolean): Readonly<Record<string, string>> {
  const ancestors = frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' ')
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "media-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      `frame-ancestors ${ancestors}`,
    ].join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    ...(frameAncestors.length === 0 && { 'x-frame-options': 'DENY' }),
    ...(isTls && { 'strict-transport-security': 'max-age=31536000' }),
  }
}

/** Answers only for hosts of this server: another name that leads here is an attempt to read through a browser. */
export function hostGuard(hosts: readonly string[], isNone: boolean): MiddlewareHandler<Web> {
  const known = new Set(hosts.map((host) => host.toLowerCase()))
  return async (context, next) => {
    const host = (context.req.header('host') ?? '').toLowerCase()
    const isKnown = known.has(host) || known.has(host.replace(/:\d{1,5}$/, ''))
    const isOpen = !isNone && known.size === 0
    if (!isOpen && !isKnown && !isLoopback(host)) return refuse(context, 'host', 'is for another host')
    return next()
  }
}

/** Lets a change through only where the browser says that it comes from our own page, and no page of others ask. */
export function originGuard(isTls: boolean): MiddlewareHandler<Web> {
  return async (context, next) => {
    const { method, path } = context.req
    if (method === 'GET' || method === 'HEAD') {
      // it could not read the answer, but its questions would cost us views and streams
      const site = context.req.header('sec-fetch-site')
      const isOthers = site === 'cross-site' || site === 'same-site'
      return isOthers && path.startsWith('/api/') ? refuse(context, 'origin', 'comes from another page') : next()
    }
    const origin = context.req.header('origin')
    const host = context.req.header('host')
    const from = origin === undefined || !URL.canParse(origin) ? undefined : new URL(origin)
    const isOwn = from !== undefined && from.host === host?.toLowerCase() && !(isTls && from.protocol !== 'https:')
    if (!isOwn) {
      return refuse(context, 'origin', 'comes from another page')
    }
    if (context.req.header('x-amiable') !== '1') return refuse(context, 'origin', 'needs the header x-amiable')
    if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) {
      return refuse(context, 'invalid', 'must be JSON')
    }
    return next()
  }
}

const MOST_BODY = 16_384

/** Reads a body of JSON; undefined where it is none. */
export async function bodyOf(context: Context<Web>): Promise<unknown> {
  const length = Number(context.req.header('content-length') ?? Number.NaN)
  // a body whose length nobody says is none of our page's
  if (!(length <= MOST_BODY)) return TOO_LONG
  try {
    return await context.req.json()
  } catch {
    return undefined
  }
}

/** What {@link bodyOf} returns for a body that is too long, or that does not say how long it is. */
export const TOO_LONG = Symbol('too long')
