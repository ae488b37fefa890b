// Big screens.
import type { AnyRow } from './rows.ts'

/** A big screen. */
export interface BoardRow extends AnyRow {
  readonly name: string
  readonly title: string
  readonly tiles: readonly Tile[]
  /** The boards to show after this one in turn, and for how many seconds each; alone it stands still. */
  readonly rotation: readonly string[]
  readonly seconds: number
}

/** Where a tile is on a grid of 12 columns and 6 rows, from 0. */
interface Place {
  readonly key: string
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
  readonly title: string | null
}

/** A tile of a board; `queues` are names, and an empty list stands for all. */
export type Tile =
  | (Place & { readonly type: 'figure'; readonly figure: Figure; readonly queues: readonly string[] })
  | (Place & { readonly type: 'queue'; readonly queue: string })
  | (Place & { readonly type: 'agents' | 'callers' | 'chart'; readonly queues: readonly string[] })
  | (Place & { readonly type: 'clock'; readonly zone: string | null })
  | (Place & { readonly type: 'text'; readonly text: string })

/** Which number a tile shows. */
export type Figure = 'waiting' | 'longest' | 'inLevel' | 'abandoned' | 'answered' | 'ready' | 'loggedIn' | 'inCall'

/** A display link that was made. */
export interface Display {
  readonly id: string
  readonly board: string
  readonly madeBy: string
  readonly madeAt: number
  /** When a screen took it; null until then. */
  readonly usedAt: number | null
}
