import { verbNames } from './cli.ts'
import type { Page } from './markdown.ts'

interface Group {
  readonly text: string
  readonly items: readonly { readonly text: string; readonly link: string }[]
}

/** The groups of the guides, in the order in which somebody reads them; what is named nowhere stands under the last. */
const GUIDES: Readonly<Record<string, readonly string[]>> = {
  Begin: ['index', 'getting-started', 'tour'],
  Work: ['events', 'lists', 'originating-calls', 'voice-menus', 'live-state', 'queue-events', 'several-servers'],
  Rely: ['reconnection-and-delivery', 'tls-and-accounts', 'types', 'other-modules', 'performance'],
  Grow: ['beyond-one-machine', 'wallboard'],
  Test: ['testing', 'testing-with-vitest', 'testing-with-jest'],
}

/** Where the title of a page says too little, or too much, beside others. */
const SHORT: Readonly<Record<string, string>> = {
  'guides/index.md': 'All guides',
  'guides/tour.md': 'A tour',
  'reference/simulator.md': 'The simulated Asterisk',
  'reference/state.md': 'Live state',
  'reference/typescript.md': 'TypeScript and tools',
  'reference/wallboard.md': 'The wallboard',
}

/** Returns what stands beside the pages of each folder. A page has all of it, so it must be short. */
export function sidebarOf(pages: readonly Page[]): Record<string, readonly Group[]> {
  const inFolder = (folder: string) =>
    pages.filter(({ path }) => path.startsWith(`${folder}/`) && path.split('/').length === 2)
  const item = ({ path, text }: Page) => ({
    text: SHORT[path] ?? titleOf(text),
    link: `/${path.replace(/(?:index)?\.md$/, '')}`,
  })
  const guides = inFolder('guides')
  const named = Object.entries(GUIDES).map(
    ([text, names]): Group => ({
      text,
      items: names.flatMap((name) => guides.filter(({ path }) => path === `guides/${name}.md`).map(item)),
    }),
  )
  const shown = new Set(named.flatMap(({ items }) => items.map(({ link }) => link)))
  const rest = guides.map(item).filter(({ link }) => !shown.has(link))
  const coming = {
    text: 'Coming from',
    items: rest
      .filter(({ link }) => link.includes('/from-'))
      .map(({ text, link }) => ({ text: text.replace(/^(?:Coming from|From) /, ''), link })),
  }
  const others = { text: 'More', items: rest.filter(({ link }) => !link.includes('/from-')) }
  const reference: Group[] = [
    { text: 'Reference', items: inFolder('reference').map(item) },
    {
      text: 'API, from the doc comments',
      items: pages
        .filter(({ path }) => /^api\/\w+\/index\.md$/.test(path))
        .map(({ path }) => {
          const name = path.split('/')[1] ?? ''
          return { text: name === 'amiable' ? name : `amiable/${name}`, link: `/api/${name}/` }
        }),
    },
  ]
  return {
    '/guides/': [...named, coming, others].filter(({ items }) => items.length > 0),
    '/reference/': reference,
    '/api/': reference,
    '/decisions/': [{ text: 'Decisions', items: inFolder('decisions').map(item) }],
    '/examples/': [{ text: 'Example programs', items: inFolder('examples').map(item) }],
    '/cli/': [
      {
        text: 'The command',
        items: [
          { text: 'What it does', link: '/cli/' },
          { text: 'Statuses and options', link: '/cli/options' },
        ],
      },
      { text: 'Verbs', items: verbNames(pages).map((name) => ({ text: name, link: `/cli/${name}` })) },
    ],
    '/actions/': catalog(),
    '/events/': catalog(),
    '/rights': catalog(),
  }
}

function catalog(): Group[] {
  const of = (many: string, more: Group['items']) => [
    { text: 'A to Z', link: `/${many}/` },
    { text: 'By class', link: `/${many}/by-class` },
    { text: 'By module', link: `/${many}/by-module` },
    { text: 'By version', link: `/${many}/by-version` },
    { text: 'Rights', link: `/${many}/rights` },
    ...more,
  ]
  return [
    { text: 'Actions', items: of('actions', []) },
    {
      text: 'Events',
      items: of('events', [
        { text: 'Headers', link: '/events/headers' },
        { text: 'Channels and bridges', link: '/events/snapshots' },
      ]),
    },
    { text: 'Rights', items: [{ text: 'Calculator', link: '/rights' }] },
  ]
}

function titleOf(text: string): string {
  return (/^# (.+)$/m.exec(text)?.[1] ?? '').replaceAll('`', '')
}
