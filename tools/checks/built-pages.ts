// Checks of the site as it was built, without a browser.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'

/** A page that is larger takes too long on a slow line. */
const LARGEST = 100_000

/** What is wrong with a site, and what was looked at. */
export interface Findings {
  readonly faults: readonly string[]
  /** Addresses outside, which somebody must try before a release. */
  readonly outside: ReadonlySet<string>
  readonly pages: number
  /** The files of the pages. */
  readonly names: ReadonlySet<string>
  readonly links: number
  readonly largest: number
}

/** Looks at every page of a site: its links, anchors, size, addresses outside, and whether a reader can get there. */
export function checkSite(folder: string, base: string): Findings {
  const faults: string[] = []
  const outside = new Set<string>()
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'))
  const pages = new Map(
    names
      .filter((name) => name.endsWith('.html') && name !== '404.html')
      .map((name) => [name, read(join(folder, name))]),
  )
  const reached = new Map<string, Set<string>>()
  let links = 0
  let largest = 0
  for (const [name, { size, loads, hrefs }] of pages) {
    largest = Math.max(largest, size)
    if (size >= LARGEST) faults.push(`${name} has ${size} bytes, and the limit is ${LARGEST}`)
    for (const address of loads) {
      if (/^(?:[a-z]+:)?\/\//.test(address)) faults.push(`${name} loads ${address}`)
      else if (!address.startsWith('data:') && !there(folder, placeOf(address, name, base)))
        faults.push(`${name} loads ${address}, which is not there`)
    }
    const to = new Set<string>()
    reached.set(name, to)
    for (const href of hrefs) {
      links++
      if (/^[a-z]+:/.test(href)) {
        if (href.startsWith('https:')) outside.add(href)
        else if (!/^(?:mailto|data):/.test(href)) faults.push(`${name} leads to ${href}`)
        continue
      }
      const place = placeOf(href, name, base)
      if (place === undefined) {
        faults.push(`${name} leads out of ${base}: ${href}`)
        continue
      }
      const target = pages.get(place)
      if (target === undefined) {
        if (!there(folder, place)) faults.push(`${name}: there is no ${href}`)
        continue
      }
      to.add(place)
      const anchor = decodeURIComponent(/#(.*)$/.exec(href)?.[1] ?? '')
      // the calculator reads its own
      if (anchor !== '' && !anchor.includes('=') && !target.ids.has(anchor))
        faults.push(`${name}: ${href} has no such heading`)
    }
  }
  for (const lost of unreached(reached)) faults.push(`no link leads to ${lost}`)
  return { faults, outside, pages: pages.size, names: new Set(pages.keys()), links, largest }
}

interface Html {
  readonly size: number
  readonly ids: ReadonlySet<string>
  /** What the browser fetches by itself. */
  readonly loads: readonly string[]
  readonly hrefs: readonly string[]
}

function read(file: string): Html {
  const text = readFileSync(file, 'utf8')
  const tags = [...text.matchAll(/<([a-z][\w-]*)((?:\s+[^\s=>]+(?:="[^"]*")?)*)\s*\/?>/g)]
  const attributes = (pattern: RegExp) =>
    tags.flatMap(([, tag = '', all = '']) => {
      const value = pattern.exec(all)?.[1]
      return value === undefined ? [] : [{ tag, value: value.replaceAll('&amp;', '&') }]
    })
  const href = attributes(/\shref="([^"]*)"/)
  return {
    size: statSync(file).size,
    ids: new Set(attributes(/\sid="([^"]*)"/).map(({ value }) => value)),
    loads: [...attributes(/\ssrc="([^"]*)"/), ...href.filter(({ tag }) => tag === 'link')].map(({ value }) => value),
    hrefs: href.filter(({ tag }) => tag === 'a').map(({ value }) => value),
  }
}

/** The file that an address means; `undefined` where it leads out of the site. */
function placeOf(href: string, from: string, base: string): string | undefined {
  const path = decodeURIComponent(href.replace(/[?#].*$/, ''))
  if (path === '') return from
  const whole = path.startsWith('/') ? path : posix.join(base, posix.dirname(from), path)
  if (!whole.startsWith(base)) return undefined
  const name = whole.slice(base.length)
  return name === '' || name.endsWith('/') ? `${name}index.html` : name
}

function there(folder: string, place: string | undefined): boolean {
  return place !== undefined && existsSync(join(folder, place))
}

/** Pages that nobody gets to from the start page by links. */
function unreached(links: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const seen = new Set(['index.html'])
  for (const name of seen) for (const to of links.get(name) ?? []) seen.add(to)
  return [...links.keys()].filter((name) => !seen.has(name))
}
