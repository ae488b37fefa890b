import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createCssVariablesTheme } from 'shiki'
import { defineConfig, type MarkdownEnv } from 'vitepress'

const made = new URL('../dist/.pages/', import.meta.url)

/** What pages/write.ts says of the pages that it made. */
interface Lists {
  readonly base: string
  readonly sidebar: Record<string, { text: string; items: { text: string; link: string }[] }[]>
  /** For a search: further words of a page, by its path. */
  readonly words: Record<string, string>
}

const file = new URL('lists.json', made)
const lists: Lists = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { base: '/', sidebar: {}, words: {} }
/** What a search looks through on a page: no list of links, no example; and of the API what each thing is. */
function searchable(html: string, env: MarkdownEnv): string {
  if (env.frontmatter?.search === false) return ''
  const path = env.relativePath
  if (path.startsWith('api/')) return html.split(/<h2 /)[0] ?? ''
  const body = /^(?:actions|events)\//.test(path) ? html.replace(/<h2 id="(?:example|related)"[\s\S]*$/, '') : html
  const words = lists.words[path]
  return words === undefined ? body : body.replace('</h1>', `</h1>\n<p>${words}</p>`)
}

const source = (path: string) => fileURLToPath(new URL(`../../packages/${path}`, import.meta.url))

// VitePress reads it from here
// biome-ignore lint/style/noDefaultExport: see above
export default defineConfig({
  title: 'amiable',
  description:
    'An Asterisk Manager Interface (AMI) client in TypeScript, and what every action and event of Asterisk is',
  lang: 'en',
  base: lists.base,
  srcDir: 'dist/.pages',
  outDir: 'dist/site',
  cacheDir: 'dist/.cache',
  srcExclude: ['lists.json'],
  metaChunk: true,
  lastUpdated: false,
  markdown: {
    // the colours are those of style.css, and a token says which in few bytes
    theme: createCssVariablesTheme({ name: 'ours', variablePrefix: '--s-' }),
    // as GitHub does it, so that a link of the repository works in both places
    anchor: {
      slugify: (text) =>
        text
          .toLowerCase()
          .replace(/[^\p{L}\p{N}_\- ]/gu, '')
          .replaceAll(' ', '-'),
    },
    config: (md) => {
      const highlight = md.options.highlight
      md.options.highlight = (...given) =>
        (highlight?.(...given) ?? '')
          .replace(/<span style="color:var\(--s-foreground\);?">([^<]*)<\/span>/g, '$1')
          .replace(/ style="color:var\(--s-token-([\w-]+)\);?"/g, ' class="t-$1"')
    },
    languageAlias: { console: 'shellsession', mermaid: 'text' },
  },
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${lists.base}mark.svg` }],
    ['meta', { name: 'theme-color', content: '#0f766e' }],
    // without scripts nobody can change tabs: all stand below each other
    [
      'noscript',
      {},
      '<style>.vp-code-group .blocks>div{display:block!important}.vp-code-group .tabs{display:none}</style>',
    ],
  ],
  vite: {
    resolve: {
      alias: [
        { find: 'amiable/catalog', replacement: source('amiable/src/catalog/index.ts') },
        { find: '#section', replacement: source('amiable-cli/src/managerconf/section.ts') },
      ],
    },
    build: { chunkSizeWarningLimit: 4_000 },
    server: { fs: { allow: ['../..'] } },
  },
  themeConfig: {
    logo: '/mark.svg',
    nav: [
      { text: 'Guides', link: '/guides/', activeMatch: '^/guides/' },
      { text: 'Reference', link: '/reference/client', activeMatch: '^/(?:reference|api)/' },
      { text: 'Actions', link: '/actions/', activeMatch: '^/actions/' },
      { text: 'Events', link: '/events/', activeMatch: '^/events/' },
      { text: 'Rights', link: '/rights' },
      { text: 'Command', link: '/cli/', activeMatch: '^/cli/' },
      {
        text: 'More',
        items: [
          { text: 'Example programs', link: '/examples/' },
          { text: 'Performance', link: '/performance' },
          { text: 'Security', link: '/security' },
          { text: 'Changes', link: '/changelog' },
          { text: 'Decisions', link: '/decisions/' },
          { text: 'API, generated', link: '/api/' },
        ],
      },
    ],
    sidebar: lists.sidebar,
    outline: { level: [2, 3], label: 'On this page' },
    docFooter: { prev: 'Previous', next: 'Next' },
    externalLinkIcon: true,
    search: {
      provider: 'local',
      options: {
        detailedView: false,
        _render: (text, env, md) => {
          // the search has a renderer of its own, which need not colour code
          md.options.highlight = null
          return searchable(md.render(text, env), env)
        },
        miniSearch: {
          options: {
            // Vite sends this function to the browser as its text: it uses nothing from outside
            tokenize: (text) =>
              text.split(/[\s\-.,;:!?()[\]{}<>"'`=|/\\_~*+&#@]+/u).flatMap((word) => {
                const parts = word.match(/[A-Z]{2,}(?=[A-Z][a-z]|$|\d)|[A-Z]?[a-z]+|[A-Z]+|\d+/g)
                return parts === null || parts.length < 2 ? [word] : [word, ...parts]
              }),
          },
          searchOptions: {
            boost: { title: 6, titles: 3, text: 1 },
            combineWith: 'AND',
            prefix: true,
            // what somebody has written stands before what is made from comments
            boostDocument: (id) => (/\/api\//.test(id) ? 0.3 : /\/guides\//.test(id) ? 1.3 : 1),
            fuzzy: (term) => (term.length > 5 ? 0.15 : false),
          },
        },
      },
    },
  },
})
