/** As much of the library's public interface as the bench uses: it is loaded by name, so a bench without it still runs. */
export interface AmiEvent {
  readonly Event: string
  readonly Channel?: string
  readonly CallerIDName?: string
  readonly Uniqueid?: string
  readonly source: string
  readonly headers: Iterable<readonly [string, string]>
  get(name: string): string | undefined
  toJSON(): Record<string, unknown>
}

export interface ListenerOptions {
  readonly capacity?: number
}

export interface Listening {
  on(filter: string | ((event: AmiEvent) => boolean), handler: (event: AmiEvent) => void): unknown
}

export interface AmiReply {
  readonly events: readonly AmiEvent[]
  get(name: string): string | undefined
}

export interface AmiClient extends Listening {
  connect(): Promise<unknown>
  events(filter: string, options?: ListenerOptions): AsyncIterable<AmiEvent>
  send(action: string, params?: Record<string, unknown>, options?: Record<string, unknown>): Promise<AmiReply>
  sendRaw(action: string, params?: Record<string, unknown>, options?: Record<string, unknown>): Promise<AmiReply>
  list(action: string): AsyncIterable<AmiEvent>
  status(): AsyncIterableIterator<{ readonly type: string }>
  destroy(): void
  readonly closed: Promise<unknown>
  stats(): { readonly dropped: number }
}

export interface Fleet extends Listening {
  connect(): Promise<unknown>
}

export interface Amiable {
  createClient(options: Record<string, unknown>): AmiClient
  createFleet(options: readonly Record<string, unknown>[]): Fleet
}

/** Which build a reader measures, as the address of its entry; else the one that `import 'amiable'` finds. */
export const BUILD = 'AMIABLE_BENCH_BUILD'

const specifier: string = process.env[BUILD] ?? 'amiable'

export const loadAmiable = async (): Promise<Amiable> => (await import(specifier)) as Amiable
