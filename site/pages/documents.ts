// The pages that people write, as they stand in the repository: the site adds no sentence to them.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { actions, events } from 'amiable/catalog'
import { withDrawings } from './drawing.ts'
import { frontMatter, type Page } from './markdown.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Each document of the repository with its place on the site. */
export function documents(): Map<string, string> {
  const found = new Map([
    ['CHANGELOG.md', 'changelog.md'],
    ['SECURITY.md', 'security.md'],
    ['docs/performance.md', 'performance.md'],
    ['packages/amiable/README.md', 'guides/tour.md'],
    ['packages/amiable-cli/README.md', 'cli/index.md'],
  ])
  for (const folder of ['guides', 'reference', 'decisions']) {
    for (const file of readdirSync(join(ROOT, 'docs', folder)).sort()) {
      if (file.endsWith('.md')) found.set(`docs/${folder}/${file}`, `${folder}/${file.replace('README', 'index')}`)
    }
  }
  return found
}

/** Returns the documents as pages of the site, with links that lead there. */
export function documentPages(examples: ReadonlySet<string>): Page[] {
  const places = documents()
  return [...places].map(([source, path]) => {
    const text = withLinks(readFileSync(join(ROOT, source), 'utf8'), source, places, examples)
    return { path, text: `${frontMatter({ description: firstLineOf(text) })}\n${withDrawings(withNames(text))}` }
  })
}

/** Returns text with its links to other documents and examples leading to their pages; others become plain text. */
export function withLinks(
  text: string,
  source: string,
  places: ReadonlyMap<string, string>,
  examples: ReadonlySet<string>,
): string {
  return text.replace(/(?<!!)\[([^\]]*)\]\(([^)\s]+)\)/g, (link, words: string, to: string) => {
    if (/^[a-z]+:|^#/.test(to)) return link
    const [, path = '', anchor = ''] = /^([^#]*)(#.*)?$/.exec(to) ?? []
    const file = posix.normalize(posix.join(dirname(source), path)).replace(/\/$/, '')
    const at = places.get(file) ?? places.get(`${file}/README.md`)
    if (at !== undefined) return `[${words}](/${at.replace(/(?:index)?\.md$/, '')}${anchor})`
    if (file === 'README.md') return `[${words}](/)`
    if (file === 'examples' || file.startsWith('examples/')) {
      const name = file.split('/')[1]?.replace(/\.\w+$/, '')
      return name !== undefined && examples.has(name) ? `[${words}](/examples/${name})` : `[${words}](/examples/)`
    }
    if (!existsSync(join(ROOT, file))) throw new Error(`${source}: there is no ${to}`)
    // what has no page on the site is named, with its place where the words do not name it
    if (words.includes('/') || words.includes('`')) return words
    const place = `\`${file}${statSync(join(ROOT, file)).isDirectory() ? '/' : ''}\``
    return file.endsWith(words) ? place : `${words} (${place})`
  })
}

/** Returns a page in which the first mention of an action or an event leads to its page. */
function withNames(text: string): string {
  const seen = new Set<string>()
  let inCode = false
  return text
    .split('\n')
    .map((line) => {
      if (line.startsWith('```')) inCode = !inCode
      if (inCode || line.startsWith('#')) return line
      return line.replace(/(?<!\[)`(\w+)`(?!\])/g, (code, name: string) => {
        const kind = name in events ? 'events' : 'actions'
        // one word may be anything, and a name of both may mean either
        const isClear = /[a-z][A-Z]/.test(name) && name in actions !== name in events
        if (!isClear || seen.has(name)) return code
        seen.add(name)
        return `[${code}](/${kind}/${name})`
      })
    })
    .join('\n')
}

function firstLineOf(text: string): string {
  const first = text.split('\n\n').find((part) => /^[A-Z]/.test(part)) ?? ''
  return first
    .replace(/\s+/g, ' ')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
}
