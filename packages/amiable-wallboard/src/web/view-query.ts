import type { Page } from '../protocol/view.ts'
import type { ViewSpec } from '../views/look.ts'

const PAGES: ReadonlySet<string> = new Set<Page>([
  'queues',
  'agents',
  'calls',
  'call',
  'lines',
  'rooms',
  'phone',
  'board',
])
const WINDOWS: ReadonlySet<string> = new Set(['15', '60', 'today'])
const LONGEST = 1_024
const MOST_NAMES = 64

/** What the address of a view asks for. */
export type AskedView = Pick<ViewSpec, 'page' | 'servers' | 'queues' | 'window' | 'call' | 'board'>

/** Reads the parameters of a view; undefined where they are wrong. */
export function askedView(
  query: (name: string) => string | undefined,
  usual: ViewSpec['window'],
): AskedView | undefined {
  const page = query('page') ?? ''
  const window = query('window') ?? usual
  if (!PAGES.has(page) || !WINDOWS.has(window)) return undefined
  const [servers, queues, call, board] = ['servers', 'queues', 'call', 'board'].map(query)
  if ([servers, queues, call, board].some((text) => (text?.length ?? 0) > LONGEST)) return undefined
  const [serverNames, queueNames] = [namesOf(servers), namesOf(queues)]
  if ((serverNames?.length ?? 0) > MOST_NAMES || (queueNames?.length ?? 0) > MOST_NAMES) return undefined
  return {
    page: page as Page,
    servers: serverNames,
    queues: queueNames,
    window: window as ViewSpec['window'],
    call: page === 'call' ? call : undefined,
    board: page === 'board' ? board : undefined,
  }
}

/** Sorted, so that the same names in another order are the same view. */
function namesOf(text: string | undefined): string[] | undefined {
  if (text === undefined || text === '') return undefined
  return [...new Set(text.split(',').map((name) => name.trim().toLowerCase()))].filter((name) => name !== '').sort()
}
