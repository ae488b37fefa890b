// The start page, out of the README: the site adds no sentence to it.
import { readFileSync } from 'node:fs'
import { allActions, allEvents } from './catalog.ts'
import { documents, withLinks } from './documents.ts'
import { frontMatter, type Page } from './markdown.ts'

const README = new URL('../../README.md', import.meta.url)

/** Returns the start page. */
export function homePage(examples: ReadonlySet<string>): Page {
  const readme = readFileSync(README, 'utf8')
  const [, tagline = ''] = /^# amiable\n\n([\s\S]*?)\n\n/.exec(readme) ?? []
  const sections = new Map(
    readme
      .split(/^## /m)
      .slice(1)
      .map((part): [string, string] => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1).trim()]),
  )
  const section = (title: string) => {
    const text = sections.get(title)
    if (text === undefined) throw new Error(`README.md has no section ${title}`)
    return withLinks(text, 'README.md', documents(), examples)
  }
  const [code, ...rest] = section('Use it').split(/(?=\n\nIn TypeScript)/)
  const body = [
    '<div class="hero">',
    '',
    '# amiable',
    '',
    withLinks(tagline, 'README.md', documents(), examples),
    '',
    '<p class="actions"><a class="button" href="./guides/getting-started.html">Getting started</a> <a class="button plain" href="./actions/index.html">' +
      `${allActions.length} actions</a> <a class="button plain" href="./events/index.html">${allEvents.length} events</a> <a class="button plain" href="./rights.html">Rights calculator</a></p>`,
    '',
    '</div>',
    '',
    '## Install',
    '',
    section('Install'),
    '',
    '## Use it',
    '',
    code?.trim(),
    rest
      .join('')
      .trim()
      .replace(/\n\n[^\n]*is the tour\.$/, '\n\n[The tour](/guides/tour) has more.'),
    '',
    '## What makes it different',
    '',
    '<div class="features">',
    '',
    section('What makes it different'),
    '',
    '</div>',
  ]
  const head = {
    title: 'amiable',
    titleTemplate: false,
    description: tagline.replaceAll('\n', ' '),
    aside: false,
    sidebar: false,
    pageClass: 'start',
  }
  return { path: 'index.md', text: `${frontMatter(head)}\n${body.join('\n')}\n` }
}
