// A wallboard's server that says what a test wants it to say: the page is tested on it without an Asterisk. What the
// real one sends is held by the tests of the package; both speak the types of src/protocol.
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ActRequest, Outcome, Refusal } from '../../../src/protocol/action.ts'
import type { Display } from '../../../src/protocol/board.ts'
import type { Me, Role, User } from '../../../src/protocol/person.ts'
import type { Verb } from '../../../src/protocol/verbs.ts'
import type { Frames, Page, Patch, Snapshot } from '../../../src/protocol/view.ts'
import { Rows } from './rows.ts'

const DIST = fileURLToPath(new URL('../../../dist/page', import.meta.url))

/** What the page may load and run: its own files, and nothing that is written into the document. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const TABLES: Readonly<Record<Page, readonly (keyof Rows)[]>> = {
  queues: ['figures', 'queues', 'members', 'callers'],
  agents: ['agents'],
  calls: ['calls'],
  call: ['calls', 'legs', 'marks'],
  lines: ['endpoints', 'trunks'],
  rooms: ['rooms', 'parties', 'parked'],
  phone: ['agents', 'queues', 'callers', 'calls', 'legs', 'parked'],
  board: ['boards', 'figures', 'queues', 'agents', 'callers'],
}

const OWN: readonly Verb[] = ['pause', 'unpause', 'login', 'logout', 'hangup', 'transfer', 'park', 'pick', 'dial']
const SCOPE: readonly Verb[] = [
  ...OWN,
  'penalty',
  'listen',
  'whisper',
  'barge',
  'priority',
  'withdraw',
  'redirect',
  'mute',
  'unmute',
  'kick',
  'lock',
  'unlock',
]
const ADMIN: readonly Verb[] = [...SCOPE, 'resetStatistics', 'reloadQueues']

/** Makes somebody of a role. */
export function userOf(role: Role): User {
  const has: readonly Verb[] = role === 'agent' ? OWN : role === 'supervisor' ? SCOPE : role === 'admin' ? ADMIN : []
  const may = Object.fromEntries(
    ADMIN.map((verb) => [verb, !has.includes(verb) ? 'never' : role === 'agent' && verb !== 'pick' ? 'own' : 'scope']),
  )
  return {
    name: `${role} one`,
    role,
    device: role === 'viewer' || role === 'display' ? null : { server: 'berlin', interface: 'PJSIP/100' },
    agent: role === 'viewer' || role === 'display' ? null : 'berlin/a0',
    may: may as User['may'],
    masked: role === 'viewer',
    links: role === 'supervisor' || role === 'admin',
    board: role === 'display' ? 'floor' : null,
  }
}

/** A server that is played. */
export class PlayedWallboard implements AsyncDisposable {
  readonly rows: Rows
  user: User | null = userOf('admin')
  signIn: Me['signIn'] = 'none'
  version = '1'
  /** The beginning of files that are not there, and how often one was asked for. */
  without: string | undefined
  missed = 0
  /** What each action becomes. */
  answer: (request: ActRequest) => Outcome | { status: number; refusal: Refusal } = (request) => ({
    id: request.id,
    verb: request.verb,
    key: request.key,
    state: 'pending',
    code: null,
    message: null,
    at: Date.now(),
  })
  readonly acted: ActRequest[] = []
  /** What a page waits for before it gets its rows. */
  slow: Promise<unknown> | undefined
  displays: Display[] = []
  #server: Server
  #streams = new Set<ServerResponse>()
  #revision = 0
  // a server that was killed knows nothing of its revisions
  #life = 0
  #port = 0

  private constructor(server: Server, rows: Rows) {
    this.#server = server
    this.rows = rows
  }

  static async start(rows: Rows = new Rows(Date.now())): Promise<PlayedWallboard> {
    const server = createServer((request, response) => void played.#handle(request, response))
    const played = new PlayedWallboard(server, rows)
    await played.listen()
    return played
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** How many browsers listen. */
  get streams(): number {
    return this.#streams.size
  }

  /** Listens, on the port of before. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Is gone, as after kill -9: every connection is cut. */
  async vanish(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    this.#streams.clear()
    this.#life++
    await closed
  }

  /** Sends a patch to every browser; rows that it puts stay. */
  patch(patch: Patch): void {
    for (const [operation, name, what, fields] of patch) {
      const table = this.rows[name as keyof Rows] as { key: string }[]
      const key = operation === 'put' ? what.key : what
      const at = table.findIndex((row) => row.key === key)
      if (operation === 'put') table.splice(at === -1 ? table.length : at, at === -1 ? 0 : 1, what)
      else if (operation === 'del' && at !== -1) table.splice(at, 1)
      else if (operation === 'set' && at !== -1) table[at] = { ...(table[at] as { key: string }), ...fields }
    }
    this.#revision++
    this.send('patch', patch)
  }

  /** Sends a frame to every browser. */
  send<N extends keyof Frames>(name: N, data: Frames[N]): void {
    for (const stream of this.#streams) {
      stream.write(`${name === 'patch' ? `id: ${this.#at}\n` : ''}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
      if (name === 'reset') stream.end()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.vanish()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin)
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const body = async () => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part)
      return JSON.parse(Buffer.concat(parts).toString())
    }
    if (url.pathname === '/api/me') return void json(200, this.#me())
    if (url.pathname === '/api/sign-in') {
      const { password } = await body()
      if (password !== 'right') return void json(401, { code: 'signIn', message: 'wrong' })
      this.user = userOf('agent')
      return void json(200, this.#me())
    }
    if (url.pathname === '/api/sign-out') {
      this.user = null
      return void response.writeHead(204).end()
    }
    if (url.pathname.startsWith('/api/') && this.user === null) return void json(401, { code: 'signIn', message: '' })
    if (url.pathname.startsWith('/api/displays')) {
      if (request.method === 'POST') {
        const { board } = (await body()) as { board: string }
        const id = `link${this.displays.length}`
        this.displays.push({ id, board, madeBy: 'ann', madeAt: Date.now(), usedAt: null })
        return void json(200, { id, url: `/display/token-of-${id}` })
      }
      if (request.method === 'DELETE') {
        this.displays = this.displays.filter(({ id }) => !url.pathname.endsWith(`/${id}`))
        return void response.writeHead(204).end()
      }
      return void json(200, { displays: this.displays })
    }
    if (url.pathname === '/api/view') {
      await this.slow
      return void json(200, this.#snapshot(url.searchParams))
    }
    if (url.pathname === '/api/stream') return this.#stream(url.searchParams.get('from') ?? '', response)
    if (url.pathname === '/api/act') {
      const asked = (await body()) as ActRequest
      this.acted.push(asked)
      const answer = this.answer(asked)
      return void ('status' in answer ? json(answer.status, answer.refusal) : json(202, answer))
    }
    this.#file(url.pathname, response)
  }

  #me(): Me {
    return {
      user: this.user,
      signIn: this.signIn,
      now: Date.now(),
      site: {
        name: 'Northwind',
        version: this.version,
        simulated: true,
        language: 'auto',
        theme: 'auto',
        ownTheme: false,
        ownLogo: false,
        servers: this.rows.servers.map(({ name }) => name),
        windows: ['15', '60', 'today'],
        pauseReasons: ['Break', 'Lunch', 'Training', 'Meeting'],
        boards: [{ name: 'floor', title: 'The floor' }],
      },
    }
  }

  #snapshot(query: URLSearchParams): Snapshot {
    const page = query.get('page') as Page
    const tables: Record<string, unknown> = { servers: this.rows.servers, alerts: this.rows.alerts }
    for (const name of TABLES[page]) tables[name] = this.rows[name]
    if (page === 'call') tables.calls = this.rows.calls.filter(({ key }) => key === query.get('call'))
    if (page === 'phone') {
      tables.agents = this.rows.agents.filter(({ key }) => key === this.user?.agent)
      tables.calls = this.rows.calls.filter(({ own }) => own)
      tables.legs = this.rows.legs.filter(({ own }) => own)
    }
    if (page === 'board') tables.figures = ['f1', 'f2', 'f3'].map((key) => ({ ...this.rows.figures[0], key }))
    return { page, revision: this.#at, now: Date.now(), tables: tables as Snapshot['tables'] }
  }

  get #at(): string {
    return `${this.#life}.${this.#revision}`
  }

  #stream(from: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(`event: beat\ndata: ${JSON.stringify({ now: Date.now() })}\n\n`)
    if (from !== this.#at) {
      response.end('event: reset\ndata: {"why":"old"}\n\n')
      return
    }
    this.#streams.add(response)
    response.on('close', () => this.#streams.delete(response))
  }

  #file(path: string, response: ServerResponse): void {
    const asset = /^\/((?:assets\/)?[\w-]+[\w.-]*\.\w+)$/.exec(path)?.[1]
    const name = asset ?? 'index.html'
    const type = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html' }[
      name.split('.').at(-1) ?? ''
    ]
    if (this.without !== undefined && name.startsWith(this.without)) {
      this.missed++
      return void response.writeHead(404).end()
    }
    try {
      const content = readFileSync(join(DIST, name))
      response.writeHead(200, { 'content-type': type ?? 'text/plain', 'content-security-policy': POLICY }).end(content)
    } catch {
      response.writeHead(404).end()
    }
  }
}
