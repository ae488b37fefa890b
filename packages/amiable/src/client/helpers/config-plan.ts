import { invalid } from '../../errors.ts'
import type { ConfigChange } from './config-changes.ts'
import type { ConfigFile } from './config-file.ts'

/*
 * Some changes are safe only if the file is as the caller believes. Asterisk does not look (seen on 16 and 22):
 * - Insert at a line that is not there reads through a null pointer and takes the server down. What is inserted at
 *   the end is forgotten by the next Append (main/config.c:ast_variable_insert, which does not move `last`);
 * - Delete of a line by its number does not compare the name (ast_variable_delete);
 * - a category that others inherit from is deleted or renamed all the same, and then nothing of the file can be read
 *   (process_text_line: "Inheritance requested, but category does not exist").
 * So these changes are played on the file as it is, before they are sent.
 */

interface Section {
  name: string
  readonly template: boolean
  lines: (readonly [name: string, value: string])[]
  /** The sections that it inherits from, by the names that it has for them. */
  readonly bases: readonly { readonly as: string; readonly section: Section }[]
  /** Changed by what cannot be played: a filter of expressions. */
  unclear: boolean
}

/** Whether a change needs a look at the file before it is sent. */
export function needsLook({ change, ...rest }: ConfigChange): boolean {
  if (change === 'delete') return 'line' in rest && rest.line !== undefined
  return change === 'insert' || change === 'deleteCategory' || change === 'renameCategory'
}

/**
 * Plays changes on a file, and gives what is to be sent in their place.
 * @param parts those that are sent together, for the file must be readable after each
 * @throws {ArgumentError} for a change that the file, as it is, does not bear
 */
export function plan(file: ConfigFile, parts: readonly (readonly ConfigChange[])[]): ConfigChange[][] {
  const sections = sectionsOf(file)
  return parts.map((part) => {
    const planned = part.map((change) => play(sections, change))
    for (const section of sections) checkBases(sections, section)
    return planned
  })
}

function sectionsOf(file: ConfigFile): Section[] {
  const sections: Section[] = []
  for (const { name, template, inherits, lines } of file.categories) {
    sections.push({ name, template, lines: [...lines], bases: basesOf(sections, inherits), unclear: false })
  }
  return sections
}

function basesOf(sections: readonly Section[], names: readonly string[]): Section['bases'] {
  return names.flatMap((as) => {
    const section = sections.find(({ name }) => same(name, as))
    return section ? [{ as, section }] : []
  })
}

function checkBases(sections: readonly Section[], section: Section): void {
  for (const { as, section: base } of section.bases) {
    if (sections.find(({ name }) => same(name, as)) === base) continue
    throw invalid('category', `cannot be taken away or renamed: '${section.name}' inherits from '${as}'`)
  }
}

function play(sections: Section[], change: ConfigChange): ConfigChange {
  if (change.change === 'newCategory') {
    const bases = basesOf(sections, change.inherits ?? [])
    const lines = bases.flatMap(({ section }) => section.lines)
    sections.push({ name: change.category, template: change.template === true, lines, bases, unclear: false })
    return change
  }
  const meant = sections.filter((section) => isMeant(section, change))
  if (!isClear(change.filter)) for (const section of meant) section.unclear = true
  switch (change.change) {
    case 'renameCategory':
      for (const section of meant) section.name = change.to
      break
    case 'deleteCategory':
      for (const section of meant) sections.splice(sections.indexOf(section), 1)
      break
    case 'emptyCategory':
      for (const section of meant) section.lines = []
      break
    case 'append':
      for (const { lines } of meant) lines.push([change.name, String(change.value)])
      break
    case 'insert':
      return insert(meant, change)
    case 'update':
      for (const { lines } of meant) {
        const at = lines.findLastIndex((line) => fits(line, change))
        if (at !== -1) lines[at] = [change.name, String(change.value)]
      }
      break
    case 'delete':
      for (const section of meant) remove(section, change)
      break
  }
  return change
}

function insert(meant: readonly Section[], change: ConfigChange & { change: 'insert' }): ConfigChange {
  const { line, name, value, category, filter } = change
  for (const { lines, unclear } of meant) {
    if (unclear) throw invalid('line', `cannot be known to be there in '${category}': give no filter of expressions`)
    if (line > lines.length) throw invalid('line', `must be at most ${lines.length}: '${category}' has no more lines`)
  }
  const atEnd = meant.filter(({ lines }) => line === lines.length).length
  if (atEnd > 0 && atEnd < meant.length) {
    throw invalid('line', `cannot be ${line} for every '${category}': one of them ends there and another does not`)
  }
  for (const { lines } of meant) lines.splice(line, 0, [name, String(value)])
  return atEnd === 0 ? change : { change: 'append', category, filter, name, value }
}

function remove(section: Section, change: ConfigChange & { change: 'delete' }): void {
  if (change.line === undefined) {
    section.lines = section.lines.filter((line) => !fits(line, change))
    return
  }
  const found = section.lines[change.line]
  if (section.unclear || (found && !fits(found, change))) {
    throw invalid('line', `must be one of that name, and line ${change.line} of '${section.name}' is another`)
  }
  section.lines.splice(change.line, 1)
}

function fits(
  [name, value]: readonly [string, string],
  wanted: { readonly name: string; readonly match?: string | undefined },
): boolean {
  return same(name, wanted.name) && (wanted.match === undefined || same(value, wanted.match))
}

// main/config.c:does_category_match; what a filter of expressions means, the server alone knows
function isMeant(section: Section, { category, filter }: ConfigChange): boolean {
  if (!same(section.name, category)) return false
  if (filter === undefined) return !section.template
  return !/^TEMPLATES=restrict$/i.test(filter) || section.template
}

function isClear(filter: string | undefined): boolean {
  return filter === undefined || /^TEMPLATES=(?:include|restrict)$/i.test(filter)
}

// strcasecmp() knows the letters of ASCII
function same(a: string, b: string): boolean {
  return a === b || (a.length === b.length && folded(a) === folded(b))
}

function folded(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
