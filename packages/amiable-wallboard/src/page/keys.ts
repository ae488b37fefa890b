// The keyboard, as a pure machine: what a key means after the one before.
import type { MessageName } from './languages/en.ts'
import { PAGES, type PageName } from './router.ts'

/** What a key asks for. */
export type Command =
  | { readonly type: 'page'; readonly page: PageName }
  | { readonly type: 'move'; readonly by: 1 | -1 }
  | { readonly type: 'open' | 'pause' | 'listen' | 'hangup' | 'table' | 'search' | 'help' | 'theme' | 'cancel' }
  | { readonly type: 'reason'; readonly index: number }

/** A key as the machine takes it. */
export interface Stroke {
  readonly key: string
  /** Ctrl, Alt or Meta: the browser's own. */
  readonly modified: boolean
  /** Whether somebody types into a field. */
  readonly typing: boolean
}

const PAGE_KEYS: Readonly<Record<string, PageName>> = {
  q: 'queues',
  a: 'agents',
  c: 'calls',
  l: 'lines',
  r: 'rooms',
  m: 'phone',
}

const SINGLE: Readonly<Record<string, Command>> = {
  j: { type: 'move', by: 1 },
  k: { type: 'move', by: -1 },
  o: { type: 'open' },
  p: { type: 'pause' },
  l: { type: 'listen' },
  x: { type: 'hangup' },
  t: { type: 'table' },
  d: { type: 'theme' },
  '/': { type: 'search' },
  '?': { type: 'help' },
  Escape: { type: 'cancel' },
}

/** What the help lists: the keys, and the message that says what they do. */
export const KEY_HELP: readonly (readonly [keys: string, message: MessageName])[] = [
  ...PAGES.map((page) => [`g ${keyOf(page)}`, page] as const),
  ['j k', 'keyMove'],
  ['o', 'keyOpen'],
  ['p', 'keyPause'],
  ['l', 'keyListen'],
  ['x', 'keyHangup'],
  ['t', 'keyTable'],
  ['d', 'keyTheme'],
  ['/', 'search'],
  ['Esc', 'keyCancel'],
  ['?', 'help'],
]

// g is forgotten after this long
const PREFIX = 1_500

/** Reads keys one after the other. */
export class Keyboard {
  #prefixUntil = 0

  /** Returns what a key asks for, if anything. */
  read({ key, modified, typing }: Stroke, at: number): Command | undefined {
    if (modified) return undefined
    if (typing) return key === 'Escape' ? SINGLE.Escape : undefined
    const isAfterG = at < this.#prefixUntil
    this.#prefixUntil = 0
    if (isAfterG) {
      const page = PAGE_KEYS[key]
      return page && { type: 'page', page }
    }
    if (key === 'g') {
      this.#prefixUntil = at + PREFIX
      return undefined
    }
    if (/^[1-9]$/.test(key)) return { type: 'reason', index: Number(key) - 1 }
    return Object.hasOwn(SINGLE, key) ? SINGLE[key] : undefined
  }
}

function keyOf(page: PageName): string {
  return Object.entries(PAGE_KEYS).find(([, name]) => name === page)?.[0] ?? ''
}
