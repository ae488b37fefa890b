// A wallboard at work: Asterisks on one side, browsers on the other.
import type { Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { ClientOptions } from 'amiable'
import { readSecret } from 'amiable-settings'
import type { Environment } from 'amiable-settings/yaml'
import type { Hono } from 'hono'
import { Audit } from '../actions/audit.ts'
import { Desk } from '../actions/desk.ts'
import { loadUsers } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { Identity } from '../people/identity.ts'
import { KeptFile } from '../people/kept.ts'
import type { BoardRow, Tile } from '../protocol/board.ts'
import type { Site } from '../protocol/person.ts'
import { Watched } from '../sources/watched.ts'
import { VERSION } from '../version.ts'
import { Alerts } from '../views/alerts.ts'
import { Facts } from '../views/facts.ts'
import { ViewHub } from '../views/hub.ts'
import { frameOf } from '../views/view.ts'
import { WindowCache } from '../views/windows.ts'
import { addActions } from '../web/act.ts'
import { createApp } from '../web/app.ts'
import type { Web } from '../web/guard.ts'
import { createServer, readTls, renewTls } from '../web/server.ts'
import { type PageFile, readOwnFile, readPage } from '../web/static.ts'
import { type StreamLimits, Streams } from '../web/streams.ts'
import { type Lifetime, lifetimeFault, lifetimeOf } from './certificate.ts'
import { stampOf, watchFiles } from './files.ts'
import { metricsText } from './metrics.ts'
import { notReady } from './ready.ts'

/** What a wallboard is made from. */
export interface WallboardParts {
  readonly config: Config
  readonly clients: readonly ClientOptions[]
  readonly env: Environment
  readonly isSimulated: boolean
  /** The folder of the page's files. */
  readonly pageFolder: string
  say(text: string): void
}

/** How often it is written down when everybody was here last. */
const KEEP_AGAIN = 30_000

/** How often the end of the certificate is looked at. */
const CERTIFICATE_AGAIN = 3_600_000

/** A wallboard at work. */
export class Wallboard implements AsyncDisposable {
  readonly watched: Watched
  readonly hub: ViewHub
  readonly streams: Streams
  readonly identity: Identity
  readonly desk: Desk
  readonly app: Hono<Web>
  #audit: Audit
  #server: Server
  #facts: Facts
  #config: Config
  #timers: NodeJS.Timeout[] = []
  #certificate: Lifetime | undefined
  #say: WallboardParts['say']

  private constructor(
    { config, clients, isSimulated, pageFolder, say }: WallboardParts,
    identity: Identity,
    metricsToken: string | undefined,
  ) {
    this.#config = config
    this.#say = say
    this.watched = new Watched(clients)
    const { states } = this.watched
    this.#facts = new Facts(states, config.trunks)
    const windows = new WindowCache(states)
    const [window = '60'] = config.site.windows
    const isConnected = (name: string) => this.watched.isConnected(name)
    const alerts = new Alerts(config.alerts, { states, windows, window, isConnected })
    const boards = new Map(Object.entries(config.boards).map(([name, board]) => [name, boardRow(name, board)]))
    const facts = this.#facts
    this.hub = new ViewHub({ watched: this.watched, facts, windows, alerts, thresholds: config.alerts, boards })
    this.identity = identity
    this.streams = new Streams(streamLimits(config), (person, now) => identity.isOver(person, now))
    // when somebody was here last
    this.#timers.push(setInterval(() => this.identity.keep(), KEEP_AGAIN).unref())
    this.#audit = new Audit(config.auditFile, say)
    this.desk = new Desk({
      watched: this.watched,
      audit: this.#audit,
      ...config.calls,
      context: config.calls.context,
      pauseReasons: config.site.pauseReasons,
      told: (name, outcome) => this.streams.tell(name, frameOf('outcome', outcome)),
    })
    const isTls = config.tls !== undefined
    const files = filesOf(config, pageFolder)
    this.app = createApp({
      identity: this.identity,
      hub: this.hub,
      streams: this.streams,
      files,
      site: siteOf(config, clients, isSimulated),
      hosts: config.hosts,
      frameAncestors: config.frameAncestors,
      isTls,
      metricsToken,
      metrics: () =>
        metricsText({
          watched: this.watched,
          hub: this.hub,
          streams: this.streams,
          outcomes: this.desk.outcomes,
          audit: this.#audit,
          certificate: this.#certificate,
        }),
      notReady: () => notReady({ watched: this.watched, alerts, files }),
      audited: (verb, { name, role }, from, { code = null, key = null, on = null } = {}) =>
        this.#audit.add({
          at: Date.now(),
          id: '',
          user: name,
          role,
          from,
          verb,
          key,
          on,
          params: {},
          outcome: code === null ? 'done' : 'refused',
          code,
        }),
      addActions: (web) => addActions(web, this.desk, this.#audit),
    })
    const listener = getRequestListener(this.app.fetch as never, { overrideGlobalObjects: false })
    const tls = config.tls && readTls(config.tls)
    this.#server = createServer(tls, config.limits.browsers * 2 + 64, listener)
    if (config.tls !== undefined && tls !== undefined) this.#watchTls(config.tls, tls.cert)
  }

  /** Opens a wallboard: it listens when this resolves. */
  static async open(parts: WallboardParts): Promise<Wallboard> {
    const { config, env } = parts
    const { usersFile, secret } = config.signIn
    const read = usersFile === undefined ? '' : stampOf(usersFile)
    const users = usersFile === undefined ? {} : loadUsers(usersFile, env)
    const proxySecret = secret === undefined ? '' : await readSecret(secret, env)
    const metricsToken = config.metricsToken === undefined ? undefined : await readSecret(config.metricsToken, env)
    const kept = config.stateFolder === undefined ? undefined : new KeptFile(config.stateFolder, parts.say)
    const identity = new Identity(config, users, proxySecret, kept)
    const wallboard = new Wallboard(parts, identity, metricsToken)
    try {
      await wallboard.#listen()
    } catch (error) {
      await wallboard.close()
      throw error
    }
    if (usersFile !== undefined) wallboard.#watchUsers(usersFile, read, env)
    return wallboard
  }

  /** The address to open. */
  get url(): string {
    const address = this.#server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const host = this.#config.listen.replace(/:\d{1,5}$/, '')
    return `${this.#config.tls === undefined ? 'http' : 'https'}://${host}:${port}`
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.identity.keep()
    this.streams.close()
    this.hub.close()
    this.#facts.close()
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
    await this.watched.close()
    await this.#audit.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #listen(): Promise<void> {
    const at = this.#config.listen.lastIndexOf(':')
    const host = this.#config.listen.slice(0, at).replace(/^\[(.*)\]$/, '$1')
    return new Promise((resolve, reject) => {
      this.#server.once('error', ({ message, code }: NodeJS.ErrnoException) => {
        const why = code === 'EADDRINUSE' ? 'another program listens there' : message
        reject(new TypeError(`listen ${this.#config.listen} cannot be used: ${why}`))
      })
      this.#server.listen(Number(this.#config.listen.slice(at + 1)), host, resolve)
    })
  }

  /** Takes a new file of users; sessions of those who are no longer what they were end. */
  #watchUsers(path: string, read: string, env: Environment): void {
    const take = () => {
      const changed = new Set(this.identity.update(loadUsers(path, env)))
      this.streams.resetWhere(({ name, role }) => role !== 'display' && changed.has(name), 'rights')
    }
    const failed = (message: string) => this.#say(`the users stay as they were: ${message}`)
    this.#timers.push(watchFiles([path], { read, take, failed }))
  }

  /** Takes a new certificate: it is replaced more often than the wallboard is started. */
  #watchTls(tls: NonNullable<Config['tls']>, cert: string): void {
    let said: string | undefined
    const look = () => {
      const fault = this.#certificate && lifetimeFault(this.#certificate, Date.now())
      if (fault !== undefined && fault !== said) this.#say(fault)
      said = fault
    }
    const use = (next: string) => {
      this.#certificate = lifetimeOf(next)
      look()
    }
    use(cert)
    this.#timers.push(setInterval(look, CERTIFICATE_AGAIN).unref())
    const paths = [tls.certFile, tls.keyFile]
    const take = () => {
      const texts = readTls(tls)
      renewTls(this.#server, texts)
      use(texts.cert)
    }
    const failed = (message: string) => this.#say(`the certificate stays as it was: ${message}`)
    this.#timers.push(watchFiles(paths, { read: stampOf(...paths), take, failed }))
  }
}

/** One person has a few windows; who are many at one address leave places to others. */
function streamLimits({ limits: { browsers, browsersEach }, signIn }: Config): StreamLimits {
  const most = Math.ceil((browsers * 3) / 4)
  // where nobody signs in, all are one person
  const person = signIn.mode === 'none' ? browsers : Math.min(browsersEach, most)
  return { all: browsers, person, address: most }
}

function siteOf({ site, asterisks, boards }: Config, clients: readonly ClientOptions[], isSimulated: boolean): Site {
  return {
    name: site.name,
    version: VERSION,
    simulated: isSimulated,
    language: site.language,
    theme: site.theme,
    ownTheme: site.themeFile !== undefined,
    ownLogo: site.logoFile !== undefined,
    servers: isSimulated ? clients.map(({ name = '' }) => name) : Object.keys(asterisks),
    windows: site.windows,
    pauseReasons: site.pauseReasons,
    boards: Object.entries(boards).map(([name, { title }]) => ({ name, title })),
  }
}

function boardRow(name: string, { title, tiles, rotation, seconds }: Config['boards'][string]): BoardRow {
  const placed = tiles.map((tile, at) => {
    const zone = tile.type === 'clock' ? { zone: tile.zone ?? null } : {}
    return { ...tile, ...zone, key: String(at), title: tile.title ?? null } as Tile
  })
  return { key: name, name, title, tiles: placed, rotation, seconds }
}

function filesOf({ site }: Config, folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map(readPage(folder))
  if (site.themeFile !== undefined) files.set('/theme.css', readOwnFile(site.themeFile, 'text/css; charset=utf-8'))
  if (site.logoFile !== undefined) files.set('/logo', readOwnFile(site.logoFile))
  return files
}
