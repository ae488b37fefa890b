// A browser without a screen: it asks as the page asks, and keeps what a view says by its frames alone.
import { randomUUID } from 'node:crypto'

type Row = { readonly key: string } & Record<string, unknown>

/** What one browser sends with each request. */
export interface BrowserOptions {
  readonly url: string
  readonly cookie?: string
  readonly headers?: Readonly<Record<string, string>>
}

export class Browser {
  readonly url: string
  cookie: string | undefined
  #headers: Readonly<Record<string, string>>

  constructor({ url, cookie, headers = {} }: BrowserOptions) {
    this.url = url
    this.cookie = cookie
    this.#headers = headers
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers: this.#all(headers), redirect: 'manual' })
  }

  async json<T = Record<string, unknown>>(path: string): Promise<T> {
    return (await (await this.get(path)).json()) as T
  }

  /** Sends a change as the page does; `headers` replaces what it would send, and null takes it away. */
  async post(path: string, body: unknown, headers: Readonly<Record<string, string | null>> = {}): Promise<Response> {
    const usual = { origin: this.url, 'x-amiable': '1', 'content-type': 'application/json' }
    const all = Object.entries({ ...usual, ...headers }).filter((one): one is [string, string] => one[1] !== null)
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: this.#all(Object.fromEntries(all)),
      body: text,
    })
    const cookie = response.headers.get('set-cookie')
    if (cookie !== null) this.cookie = cookie.split(';')[0]
    return response
  }

  async act(
    verb: string,
    key: string | null,
    params: object = {},
    stamp?: string,
    id: string = randomUUID(),
  ): Promise<Response> {
    return this.post('/api/act', { id, verb, key, params, ...(stamp !== undefined && { stamp }) })
  }

  /** Opens a view: its snapshot, and then its frames. */
  async open(query: string): Promise<OpenView> {
    const snapshot = await this.json<{ revision: string; tables: Record<string, Row[]> }>(`/api/view?${query}`)
    const view = new OpenView(snapshot)
    await view.follow(`${this.url}/api/stream?${query}`, this.#all({}))
    return view
  }

  #all(headers: Readonly<Record<string, string>>): Record<string, string> {
    return { ...this.#headers, ...(this.cookie !== undefined && { cookie: this.cookie }), ...headers }
  }
}

/** A view as one browser has it. */
export class OpenView implements AsyncDisposable {
  readonly tables = new Map<string, Map<string, Row>>()
  readonly outcomes = new Map<string, Record<string, unknown>>()
  revision: string
  reset: string | undefined
  beats = 0
  frames = 0
  #ending = new AbortController()
  #waiting = new Set<() => void>()

  constructor({ revision, tables }: { revision: string; tables: Record<string, Row[]> }) {
    this.revision = revision
    for (const [name, rows] of Object.entries(tables)) this.tables.set(name, new Map(rows.map((row) => [row.key, row])))
  }

  async follow(url: string, headers: Record<string, string>): Promise<void> {
    const response = await fetch(`${url}&from=${this.revision}`, { headers, signal: this.#ending.signal })
    if (response.status !== 200 || response.body === null) throw new Error(`the stream was refused: ${response.status}`)
    void this.#read(response.body)
  }

  rows<T = Row>(table: string): T[] {
    return [...(this.tables.get(table)?.values() ?? [])] as T[]
  }

  row(table: string, key: string): Row | undefined {
    return this.tables.get(table)?.get(key)
  }

  /** Resolves when something holds, looked at after each frame. */
  async until<T>(what: string, test: (view: this) => T | undefined | false): Promise<T> {
    for (const over = Date.now() + 20_000; ; ) {
      const found = test(this)
      if (found) return found
      if (Date.now() > over)
        throw new Error(
          `it was never so: ${what}\n${JSON.stringify([...this.tables.entries()].map(([name, rows]) => [name, [...rows.values()]])).slice(0, 4_000)}`,
        )
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, 1_000)
        this.#waiting.add(done)
        function done() {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** Resolves with what became of an action. */
  async outcome(accepted: Response): Promise<Record<string, unknown>> {
    const { id, code, message } = (await accepted.json()) as Record<string, string>
    if (accepted.status !== 202) throw new Error(`refused with ${accepted.status} ${code}: ${message}`)
    return this.until(`the outcome of ${id}`, ({ outcomes }) => outcomes.get(id ?? ''))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = ''
    const decoder = new TextDecoder()
    try {
      for await (const part of body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(part, { stream: true })
        const frames = text.split('\n\n')
        text = frames.pop() ?? ''
        for (const frame of frames) this.#frame(frame)
        for (const done of [...this.#waiting]) done()
        this.#waiting.clear()
      }
    } catch {
      // closed
    }
  }

  #frame(frame: string): void {
    const fields = new Map(
      frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    )
    const data = JSON.parse(fields.get('data') ?? 'null')
    const event = fields.get('event')
    if (event === 'beat') this.beats++
    if (event === 'reset') this.reset = data.why
    if (event === 'outcome') this.outcomes.set(data.id, data)
    if (event !== 'patch') return
    this.frames++
    this.revision = fields.get('id') ?? ''
    for (const [operation, table, what, change] of data) {
      const rows = this.tables.get(table) ?? new Map<string, Row>()
      this.tables.set(table, rows)
      if (operation === 'put') rows.set(what.key, what)
      else if (operation === 'del') rows.delete(what)
      else rows.set(what, { ...(rows.get(what) as Row), ...change })
    }
  }
}
