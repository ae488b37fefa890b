// Names that the server in hand knows: channels, queues and endpoints for a parameter, and the console's own words.
import type { Client } from 'amiable'
import { visible } from '../output/visible.ts'

/** How long names are believed. Milliseconds. */
const FRESH = 5_000
/** Milliseconds that somebody who presses Tab waits at most. */
const PATIENCE = 1_500
// more than these help nobody who presses Tab
const MOST = 200

const SOURCES = {
  channel: { action: 'CoreShowChannels', header: 'Channel' },
  queue: { action: 'QueueSummary', header: 'Queue' },
  endpoint: { action: 'PJSIPShowEndpoints', header: 'ObjectName' },
  member: { action: 'QueueStatus', header: 'Location' },
} as const
/** What has names. */
export type Named = keyof typeof SOURCES

/** Asks a server for names, and remembers them for some seconds. */
export class LiveNames {
  readonly #client: () => Client | undefined
  #known = new Map<Named, { readonly at: number; readonly names: Promise<readonly string[]> }>()

  constructor(client: () => Client | undefined) {
    this.#client = client
  }

  /** Returns the names of a kind; none where the account may not ask. */
  of(kind: Named): Promise<readonly string[]> {
    const known = this.#known.get(kind)
    if (known !== undefined && performance.now() - known.at < FRESH) return known.names
    const names = this.#ask(kind).catch(() => [])
    this.#known.set(kind, { at: performance.now(), names })
    return names
  }

  async #ask(kind: Named): Promise<readonly string[]> {
    const { action, header } = SOURCES[kind]
    const names = new Set<string>()
    const rows = this.#client()?.listRaw(action, {}, { timeout: PATIENCE })
    for await (const row of rows ?? []) {
      const name = row.get(header) ?? ''
      // one that a line could not hold as it is
      if (/^[^\s'"\\]+$/.test(name) && visible(name) === name) names.add(name)
      if (names.size >= MOST) break
    }
    return [...names].sort()
  }

  /**
   * Returns what Asterisk's console would complete a command with (main/cli.c:handle_commandmatchesarray). It needs
   * write = command.
   */
  async ofConsole(line: string): Promise<readonly string[]> {
    // the console cuts its own line at quotes, and a blank at the front is a word to it
    if (/["\\]/.test(line)) return []
    const typed = line.trimStart()
    const word = /\S*$/.exec(typed)?.[0] ?? ''
    const command = `_command matchesarray "${typed}" "${word}"`
    const lines = await this.#client()
      ?.command(command, { timeout: PATIENCE })
      .catch(() => [])
    const [found = ''] = (lines ?? []).join(' ').split('_EOF_')
    const names = found.split(/\s+/).filter((name) => name.startsWith(word) && name !== '' && visible(name) === name)
    return [...new Set(names)].slice(0, MOST)
  }
}
