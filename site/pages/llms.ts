import type { Page } from './markdown.ts'

/** Returns `llms.txt`: each page with its description, and where its Markdown is. */
export function llms(pages: readonly Page[], base: string): string {
  const groups = new Map<string, string[]>()
  for (const { path, text } of pages) {
    const [folder = '', file] = path.split('/')
    const group = file === undefined ? 'amiable' : folder
    const title = /^title: "(.*)"$/m.exec(text)?.[1] ?? /^# (.+)$/m.exec(text)?.[1] ?? path
    const about = /^description: "(.*)"$/m.exec(text)?.[1] ?? ''
    groups.set(group, [...(groups.get(group) ?? []), `- [${title}](${base}${path})${about === '' ? '' : `: ${about}`}`])
  }
  return [
    '# amiable',
    '',
    '> An Asterisk Manager Interface (AMI) client in TypeScript, and what every action and event of Asterisk 16 to 23 is. Each link leads to Markdown.',
    ...[...groups].flatMap(([group, lines]) => ['', `## ${group}`, '', ...lines]),
    '',
  ].join('\n')
}
