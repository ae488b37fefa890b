// The addresses of the wallboard.
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { isLoopback } from '../config/load.ts'
import { secureCompare } from '../people/compare.ts'
import { type Identity, isThisMachine } from '../people/identity.ts'
import { mayLink, mayOf, type Person, specOf, VERB_NAMES } from '../people/person.ts'
import type { Me, Reach, Site, User } from '../protocol/person.ts'
import type { Verb } from '../protocol/verbs.ts'
import type { ViewHub } from '../views/hub.ts'
import { keyOf } from '../views/look.ts'
import type { View } from '../views/view.ts'
import { addDisplays } from './displays.ts'
import {
  type Audited,
  addressOf,
  bodyOf,
  headersOf,
  hostGuard,
  originGuard,
  refuse,
  TOO_LONG,
  type Web,
} from './guard.ts'
import type { PageFile } from './static.ts'
import type { Streams } from './streams.ts'
import { askedView } from './view-query.ts'

/** What the addresses are made of. */
export interface WebParts {
  readonly identity: Identity
  readonly hub: ViewHub
  readonly streams: Streams
  readonly files: ReadonlyMap<string, PageFile>
  readonly site: Site
  readonly hosts: readonly string[]
  readonly frameAncestors: readonly string[]
  readonly isTls: boolean
  readonly metricsToken: string | undefined
  metrics(): string
  /** Says why it cannot work yet, or nothing. */
  notReady(): string | undefined
  /** Writes into the audit log what somebody did who acted on no Asterisk. */
  readonly audited: Audited
  /** Adds what belongs to actions. */
  addActions(app: Hono<Web>): void
}

const compressed = promisify(gzip)
/** A body that is shorter is sent as it is. */
const SHORT = 1_024
const COOKIE_AGE = 30 * 86_400
const SCREEN_AGE = 365 * 86_400
const LONGEST_NAME = 64
const LONGEST_PASSWORD = 256

/** Makes the application. */
export function createApp(parts: WebParts): Hono<Web> {
  const { identity, frameAncestors, isTls } = parts
  const app = new Hono<Web>()
  const alone = Object.entries(headersOf([], isTls))
  const framed = Object.entries(headersOf(frameAncestors, isTls))
  app.use(async (context, next) => {
    await next()
    if (context.res === RESPONSE_ALREADY_SENT) return
    // in a page of somebody else's only a board is shown, on which nobody can act
    const mayBeFramed = context.var.person?.role === 'display' || context.req.path.startsWith('/display/')
    for (const [name, value] of mayBeFramed ? framed : alone) context.res.headers.set(name, value)
  })
  app.get('/livez', (context) => context.text('alive\n'))
  app.get('/readyz', (context) => {
    const why = parts.notReady()
    return context.text(`${why ?? 'ready'}\n`, why === undefined ? 200 : 503)
  })
  app.get('/metrics', (context) => metrics(context, parts))
  app.use(hostGuard(parts.hosts, identity.mode === 'none'))
  app.use(originGuard(isTls))
  app.use(async (context, next) => {
    const token = getCookie(context, cookieName(isTls))
    context.set('token', token)
    const header = (name: string) => context.req.header(name)
    const credentials = { address: addressOf(context), token, header }
    context.set('address', identity.addressOf(credentials))
    context.set('person', identity.of(credentials, Date.now()))
    return next()
  })
  addPeople(app, parts)
  addDisplays(app, parts)
  addViews(app, parts)
  parts.addActions(app)
  addFiles(app, parts)
  app.notFound((context) => refuse(context, 'gone', 'there is nothing here'))
  app.onError((error, context) => {
    console.error(`amiable-wallboard: ${error.message}`)
    return refuse(context, 'unavailable', 'a fault of the wallboard')
  })
  return app
}

function cookieName(isTls: boolean): string {
  // a name that begins so is taken over TLS only, for this host and no part of it
  return isTls ? '__Host-amiable' : 'amiable'
}

function metrics(context: Context<Web>, { metricsToken, metrics }: WebParts): Response {
  const shown = context.req.header('authorization')?.replace(/^Bearer /, '')
  const isNear = isThisMachine(addressOf(context))
  // a proxy on this machine would make everybody near
  const isForwarded = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].some((name) => context.req.header(name))
  // and a name that leads here would make a page of others near
  const isOpen = isNear && !isForwarded && isLoopback(context.req.header('host') ?? '')
  const isAllowed = metricsToken === undefined ? isOpen : secureCompare(shown ?? '', metricsToken)
  if (!isAllowed) return refuse(context, 'forbidden', 'is for loopback, or for the token of the configuration')
  return context.text(metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
}

function addPeople(app: Hono<Web>, parts: WebParts): void {
  const { identity, site, streams, isTls, frameAncestors, audited } = parts
  const setToken = (context: Context<Web>, token: string, maxAge: number, isScreen: boolean) => {
    // a board in a page of somebody else's gets no other cookie; it only looks
    const isFramed = isScreen && isTls && frameAncestors.length > 0
    setCookie(context, cookieName(isTls), token, {
      httpOnly: true,
      secure: isTls,
      path: '/',
      maxAge,
      ...(isFramed ? { sameSite: 'None', partitioned: true } : { sameSite: 'Lax' }),
    })
  }
  app.get('/api/me', (context) => noStore(context).json(meOf(context.var.person, identity, site)))
  app.post('/api/sign-in', async (context) => {
    if (identity.mode !== 'local') return refuse(context, 'impossible', 'nobody signs in here')
    const body = await bodyOf(context)
    if (body === TOO_LONG) return refuse(context, 'long', 'is too long')
    const { name, password } = (body ?? {}) as Record<string, unknown>
    if (
      typeof name !== 'string' ||
      typeof password !== 'string' ||
      name.length > LONGEST_NAME ||
      password.length > LONGEST_PASSWORD
    ) {
      return refuse(context, 'invalid', 'must have a name and a password')
    }
    const { address } = context.var
    const result = await identity.signIn(name, password, address, Date.now())
    if (result.type === 'later') return refuse(context, 'throttled', 'too many tries', result.seconds)
    if (result.type === 'wrong') {
      // a name that nobody has may be a password that was typed too early
      audited('signIn', { name: identity.knows(name) ? name : 'unknown', role: 'viewer' }, address, { code: 'signIn' })
      return refuse(context, 'signIn', 'the name or the password is wrong')
    }
    audited('signIn', result.person, address)
    if (context.var.token !== undefined) identity.signOut(context.var.token)
    setToken(context, result.token, COOKIE_AGE, false)
    return noStore(context).json(meOf(result.person, identity, site))
  })
  app.post('/api/sign-out', (context) => {
    const { person, token } = context.var
    if (token !== undefined) identity.signOut(token)
    deleteCookie(context, cookieName(isTls), { path: '/', secure: isTls })
    if (person !== undefined && identity.mode === 'local') {
      audited('signOut', person, context.var.address)
      streams.resetWhere((one) => one === person, 'rights')
    }
    return context.body(null, 204)
  })
  app.get('/display/:token', (context) => {
    // what looks whether a link leads somewhere, such as a chat's preview, must not use it up
    if (context.req.method !== 'GET') return context.body(null, 204)
    const taken = identity.takeDisplay(context.req.param('token'), Date.now())
    if (taken === undefined) return refuse(context, 'gone', 'this link has been used, or is too old')
    setToken(context, taken.token, SCREEN_AGE, true)
    const { search } = new URL(context.req.url)
    return context.redirect(`/wall/${encodeURIComponent(taken.board)}${search}`)
  })
}

function addViews(app: Hono<Web>, { identity, hub, streams, site, isTls }: WebParts): void {
  const viewOf = (context: Context<Web>): View | Response => {
    const { person } = context.var
    if (person === undefined) return refuse(context, 'signIn', 'nobody is signed in')
    const asked = askedView((name) => context.req.query(name), site.windows[0] ?? '60')
    if (asked === undefined) return refuse(context, 'invalid', 'there is no such view')
    const onBoard = asked.page === 'board' ? identity.onBoard(person, asked.board) : undefined
    if (person.board !== undefined && onBoard === undefined) {
      return refuse(context, 'scope', 'a display shows its own board, and those that it rotates to')
    }
    if (asked.page === 'board' && !site.boards.some(({ name }) => name === asked.board)) {
      return refuse(context, 'gone', 'there is no such board')
    }
    const why = streams.whyNoMore(person, identity.placeOf(context.var.address))
    if (why !== undefined) return refuse(context, 'throttled', why, 10)
    const view = hub.get(specOf(onBoard ?? person, asked), person.name)
    return view ?? refuse(context, 'unavailable', 'you look at too many views', 10)
  }
  app.get('/api/view', async (context) => {
    const view = viewOf(context)
    if (view instanceof Response) return view
    const text = view.snapshot(Date.now())
    const etag = `W/"${view.revision}"`
    noStore(context)
    context.header('etag', etag)
    context.header('vary', 'accept-encoding')
    if (context.req.header('if-none-match') === etag) return context.body(null, 304)
    context.header('content-type', 'application/json')
    const takesGzip = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '')
    if (!takesGzip || text.length < SHORT) return context.body(text)
    context.header('content-encoding', 'gzip')
    return context.body(new Uint8Array(await compressed(text)))
  })
  app.get('/api/stream', (context) => {
    const view = viewOf(context)
    if (view instanceof Response) return view
    const { outgoing } = context.env ?? {}
    if (streams.isFull || outgoing === undefined) return refuse(context, 'unavailable', 'too many browsers look', 10)
    const from = context.req.header('last-event-id') ?? context.req.query('from') ?? ''
    outgoing.writeHead(200, {
      ...headersOf([], isTls),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const { person, address } = context.var
    streams.begin(outgoing, view, { person: person as Person, address: identity.placeOf(address) }, from)
    return RESPONSE_ALREADY_SENT
  })
}

function addFiles(app: Hono<Web>, { files }: WebParts): void {
  app.get('*', (context) => {
    const { path } = context.req
    if (path.startsWith('/api/')) return refuse(context, 'gone', 'there is nothing here')
    const isPage = !path.startsWith('/assets/') && !/\.[a-z0-9]{1,8}$/.test(path) && !files.has(path)
    const file = files.get(isPage ? '/index.html' : path)
    if (file === undefined) return refuse(context, 'gone', 'there is no such file')
    context.header('etag', file.etag)
    context.header('vary', 'accept-encoding')
    context.header('cache-control', file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    if (context.req.header('if-none-match') === file.etag) return context.body(null, 304)
    context.header('content-type', file.type)
    const takesGzip = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '')
    const isSmaller = takesGzip && file.compressed.length < file.body.length
    if (isSmaller) context.header('content-encoding', 'gzip')
    return context.body(isSmaller ? file.compressed : file.body)
  })
}

function meOf(person: Person | undefined, { mode }: Identity, site: Site): Me {
  const now = Date.now()
  if (person !== undefined) return { user: userOf(person), signIn: mode, site, now }
  // strangers learn what the form shows and no more
  const bare: Site = { ...site, servers: [], windows: [], pauseReasons: [], boards: [] }
  return { user: null, signIn: mode, site: bare, now }
}

function userOf(person: Person): User {
  const { name, role, device, masked, board } = person
  const may = Object.fromEntries(VERB_NAMES.map((verb) => [verb, mayOf(person, verb)])) as Record<Verb, Reach>
  const agent = device === undefined ? null : keyOf(device.server, device.interface)
  return { name, role, device: device ?? null, agent, may, masked, links: mayLink(person), board: board ?? null }
}

function noStore(context: Context<Web>): Context<Web> {
  context.header('cache-control', 'no-store')
  return context
}
