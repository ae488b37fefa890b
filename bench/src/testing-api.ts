/** As much of amiable/testing as the bench uses: it is loaded by name, like the library itself. */
export interface SimulatedAsterisk {
  readonly port: number
  readonly calls: readonly { readonly name: string; readonly outcome: string }[]
  readonly channels: {
    create(init: { readonly name: string }): string
    hangup(channel: string): void
  }
  send(raw: string): void
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

const specifier: string = 'amiable/testing'

export const loadTesting = async (): Promise<Testing> => (await import(specifier)) as Testing
