// A client of AMI as attachAgi needs it, in a test's hands.
import { deferred } from '../../src/util/deferred.ts'

/** An action that was sent, and how it is answered. */
export interface Sent {
  readonly action: string
  readonly params: Readonly<Record<string, string>>
  resolve(answer?: Readonly<Record<string, string>>): void
  reject(error: unknown): void
}

interface Listener {
  readonly names: readonly string[]
  readonly handler: (event: FakeEvent) => void
}

/** An event. */
export interface FakeEvent {
  readonly Event: string
  readonly source: string
  get(name: string): string | undefined
}

/** Sends nothing, hears what it is told. */
export class FakeClient {
  readonly name: string
  /** Rows of Status. */
  rows: FakeEvent[] = []
  /** How many times they were asked for. */
  lists = 0
  /** Answers AGI actions by itself, as Asterisk does: it has queued them. */
  accepts = true
  readonly sent: Sent[] = []
  #listeners = new Set<Listener>()
  #statuses: ((status: object) => void)[] = []
  #changed = new Set<() => void>()

  constructor(name = 'pbx1') {
    this.name = name
  }

  on(names: string | readonly string[], handler: (event: FakeEvent) => void): { remove(): void } {
    const listener = { names: typeof names === 'string' ? [names] : names, handler }
    this.#listeners.add(listener)
    return { remove: () => void this.#listeners.delete(listener) }
  }

  get listening(): number {
    return this.#listeners.size
  }

  sendRaw(action: string, params: Record<string, string>): Promise<unknown> {
    const { promise, resolve, reject } = deferred<unknown>()
    const answer = (headers: Readonly<Record<string, string>> = {}) => resolve({ get: (name: string) => headers[name] })
    const sent = { action, params, resolve: answer, reject }
    if (this.accepts) answer()
    this.sent.push(sent)
    for (const wake of [...this.#changed]) wake()
    return promise
  }

  async *list(): AsyncGenerator<FakeEvent> {
    this.lists++
    yield* this.rows
  }

  async *status({ signal }: { signal: AbortSignal }): AsyncGenerator<object> {
    const queue: object[] = []
    let wake: () => void = () => {}
    this.#statuses.push((status) => {
      queue.push(status)
      wake()
    })
    for (;;) {
      while (queue.length > 0) yield queue.shift() as object
      if (signal.aborted) return
      await new Promise<void>((resolve) => {
        wake = resolve
        signal.addEventListener('abort', () => resolve())
      })
    }
  }

  tell(status: object): void {
    for (const one of this.#statuses) one(status)
  }

  emit(Event: string, headers: Readonly<Record<string, string>>): void {
    const event = { Event, source: this.name, get: (name: string) => (name === 'Event' ? Event : headers[name]) }
    for (const { names, handler } of [...this.#listeners]) if (names.includes(Event)) handler(event)
  }

  /** The next AGI command that is sent, in order. */
  async next(): Promise<Sent> {
    for (;;) {
      const one = this.sent.shift()
      if (one) return one
      await new Promise<void>((resolve) => this.#changed.add(resolve))
    }
  }

  /** Carries the next command out. */
  async carryOut(answer: string): Promise<string> {
    const { params } = await this.next()
    const { Channel = '', Command = '', CommandID = '' } = params
    this.emit('AGIExecStart', { Uniqueid: Channel, Command })
    this.emit('AsyncAGIExec', { Uniqueid: Channel, CommandId: CommandID, Result: encodeURIComponent(answer) })
    return Command
  }
}

/** A row of Status: of the channel 1.1, in AsyncAGI unless headers say otherwise, and of that program. */
export function channelRow(headers: Readonly<Record<string, string>> = {}, owner = '(null)'): FakeEvent {
  const all: Record<string, string> = {
    Channel: 'PJSIP/1-1',
    Uniqueid: '1.1',
    Application: 'AGI',
    Data: 'agi:async,path,"a, b"',
    Variable: `AMIABLE_AGI=${owner}`,
    ...headers,
  }
  return { Event: 'Status', source: 'pbx1', get: (name: string) => all[name], ...all }
}
