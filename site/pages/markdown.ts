/** A page of the site: a path such as `actions/Ping.md`, and its Markdown. */
export interface Page {
  readonly path: string
  readonly text: string
}

/** Returns a page whose first lines say what it gives. */
export function page(path: string, title: string, description: string, ...body: readonly string[]): Page {
  // a wide table takes the place of the list of headings
  const wide = body.some((part) => part.includes('class="matrix"')) || path.startsWith('events/headers')
  const head = frontMatter({
    title,
    description,
    ...(wide && { aside: false }),
    ...(isList(path) && { search: false }),
  })
  return { path, text: `${head}\n# ${title}\n\n${body.join('\n\n')}\n` }
}

/** Whether a page only lists others, so that a search has no need of it. */
function isList(path: string): boolean {
  return /^(?:actions|events)\/(?:index|by-|rights|headers)|^examples\/./.test(path)
}

/** Returns fields as the YAML on top of a page. */
export function frontMatter(fields: Readonly<Record<string, string | number | boolean>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  return `---\n${lines.join('\n')}\n---\n`
}

/** Returns prose in which only what stands between backticks is markup. */
export function prose(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, at) =>
      at % 2 === 1
        ? part
        : part
            .replaceAll('&', '&amp;')
            .replaceAll('<', '&lt;')
            .replaceAll('{{', '&#123;&#123;')
            .replace(/[\\*_[\]#~$]/g, '\\$&'),
    )
    .join('')
}

/** Returns text as code inside a line. */
export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}

/** Returns a block of code; a title makes it a tab of {@link tabs}. */
export function block(language: string, text: string, title?: string): string {
  const fence = text.includes('```') ? '````' : '```'
  return `${fence}${language}${title === undefined ? '' : ` [${title}]`}\n${text.trimEnd()}\n${fence}`
}

/** Returns blocks with titles as tabs. */
export function tabs(...blocks: readonly string[]): string {
  return `::: code-group\n\n${blocks.join('\n\n')}\n\n:::`
}

/** Returns a table, without the columns in which nothing stands. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const kept = head.map((_, at) => at).filter((at) => at === 0 || rows.some((row) => (row[at] ?? '') !== ''))
  const line = (cells: readonly string[]) =>
    `| ${kept.map((at) => (cells[at] ?? '').replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Returns names with commas between them, and a word before the last. */
export function listed(names: readonly string[], word = 'and'): string {
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`
}
