import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { block, type Page, page, prose, table } from './markdown.ts'

/** Characters of code on one page. */
const MOST = 9_000

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))

/** The programs of `examples`, by name: their files. */
export function programs(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const name of readdirSync(EXAMPLES).sort()) {
    if (name === 'test') continue
    if (statSync(join(EXAMPLES, name)).isDirectory()) {
      const files = readdirSync(join(EXAMPLES, name), { recursive: true, encoding: 'utf8' })
      found.set(
        name,
        files
          .filter((file) => /\.(?:ts|mjs|sql|html)$/.test(file) && !file.includes('.test.'))
          .map((file) => `${name}/${file}`)
          .sort(),
      )
    } else if (name.endsWith('.ts')) {
      const key = name.replace('.ts', '')
      found.set(key, [...(found.get(key) ?? []), name])
    }
  }
  return found
}

/** Returns a page for each program, and one that lists them. */
export function programPages(): Page[] {
  const all = [...programs()]
  const about = (files: readonly string[]) => firstComment(readFileSync(join(EXAMPLES, files[0] ?? ''), 'utf8'))
  return [
    page(
      'examples/index.md',
      'Example programs',
      'Small programs to read and to start from; the tests run each of them.',
      'Here are small programs to read and to start from. They are the files of `examples` in the repository, and the tests run each of them.',
      table(
        ['Program', 'What it does'],
        all.map(([name, files]) => [`[${name}](/examples/${name})`, prose(about(files))]),
      ),
    ),
    ...all.flatMap(([name, files]) => pagesOf(name, files)),
  ]
}

/** A page of a program, and a page of each of its files where all are too much for one. */
function pagesOf(name: string, files: readonly string[]): Page[] {
  const codes = files.map((file): [file: string, code: string] => [file, readFileSync(join(EXAMPLES, file), 'utf8')])
  const [first, ...others] = codes
  const fits = codes.reduce((sum, [, text]) => sum + text.length, 0) < MOST
  const pathOf = (file: string) => `examples/${name}-${file.replace(/^.*\//, '').replace(/\W+/g, '-')}`
  const about = `This page has the program \`${name}\`, as it stands in \`examples\` of the repository. [All programs](/examples/)`
  const shown = ([file, text]: [string, string]) => [`**examples/${file}**`, block(languageOf(file), text)]
  const listed = others.map(([file]) => `- [examples/${file}](/${pathOf(file)})`).join('\n')
  const main = page(
    `examples/${name}.md`,
    name,
    `The example program ${name}.`,
    about,
    ...(fits ? codes.flatMap(shown) : [...(first === undefined ? [] : shown(first)), `Its other files:\n\n${listed}`]),
  )
  if (fits) return [main]
  const rest = others.map((one) =>
    page(
      `${pathOf(one[0])}.md`,
      one[0],
      `A file of the example program ${name}.`,
      `This page has one file of the program [${name}](/examples/${name}).`,
      block(languageOf(one[0]), one[1]),
    ),
  )
  return [main, ...rest]
}

/** What a program says of itself in its first lines. */
function firstComment(text: string): string {
  const lines = /^(?:(?:\/\/ ?|<!-- ?)[^\n]*\n)+/.exec(text)?.[0] ?? ''
  return lines
    .split('\n')
    .map((line) => line.replace(/^(?:\/\/ ?|<!-- ?)/, '').replace(/ ?-->$/, ''))
    .join(' ')
    .trim()
}

function languageOf(file: string): string {
  return file.endsWith('.mjs') ? 'js' : (file.split('.').at(-1) ?? 'text')
}
