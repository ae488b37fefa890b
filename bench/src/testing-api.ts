/** As much of amiable/testing as the bench uses: loaded by its place, so that it need not be installed here. */
export interface SimulatedAsterisk {
  readonly port: number
  readonly calls: readonly { readonly name: string; readonly outcome: string }[]
  readonly channels: {
    create(init: { readonly name: string }): string
    hangup(channel: string): void
  }
  emit(event: string, headers: Record<string, string | number>): void
  waitForLogin(): Promise<void>
  flushed(): Promise<void>
  close(): Promise<void>
}

export interface Proxy {
  readonly port: number
  close(): Promise<void>
}

export interface Recording {
  readonly messages: number
  stop(): Promise<void>
}

export interface Testing {
  startServer(options?: Record<string, unknown>): Promise<SimulatedAsterisk>
  startProxy(options: { readonly target: { readonly port: number } }): Promise<Proxy>
  record(source: Proxy, file: string): Recording
}

// the last build, and not the copy beside the readers that a run of the bench keeps for itself
const place = new URL('../../packages/amiable/dist/testing/index.js', import.meta.url).href

export const loadTesting = async (): Promise<Testing> => (await import(place)) as Testing
