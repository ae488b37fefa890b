import type { ANSWERED } from '../util/peek.ts'
import type { Told } from './told.ts'

/** What a status says, as far as a model reads it. */
export interface SourceStatus {
  readonly type: string
  readonly dropped?: number
  readonly listener?: string
  readonly event?: string
  readonly classes?: readonly string[]
  readonly gap?: number | null
}

/** @internal */
interface ListOptions {
  readonly actionId: string
  readonly [ANSWERED]?: (response: Pick<Told, 'get' | 'serial'>) => void
}

type Params = Readonly<Record<string, string>>

/** What a client must have to be watched; `Client` has it. A test can bring its own. */
export interface StateSource {
  /** The `source` of its events. */
  readonly name: string
  readonly state: string
  /** Calls `handler` with events; with `all` also with rows and completing events, in the order of the wire. */
  on(names: readonly string[], handler: (event: Told) => unknown, options: { all: boolean }): SourceListener
  listRaw(action: string, params: Params, options: ListOptions): AsyncIterable<unknown>
  /** Asks for Ping and CoreStatus. */
  sendRaw(action: string): Promise<Pick<Told, 'get'>>
  status(options: { signal: AbortSignal }): AsyncIterable<SourceStatus>
}

/** A listener of a {@link StateSource}. */
export interface SourceListener {
  readonly id: string
  remove(): void
}
