import { type ActionEntry, allActions, allEvents, BRANCHES, type EventEntry, placeOf } from './catalog.ts'
import { exampleOfAction, exampleOfEvent } from './examples.ts'
import { code, type Page, page, prose, table } from './markdown.ts'

type Entry = ActionEntry | EventEntry

const CLASSES = [...new Set([...allActions.flatMap(classesOf), ...allEvents.flatMap(classesOf)])].sort()

/** Returns every index of the actions and of the events, and how many pages have a real example. */
export function indexPages(): Page[] {
  return [...indexesOf('action', allActions), ...indexesOf('event', allEvents)]
}

/** Returns how many pages there are of actions and events, and how many of them have a real example. */
export function exampleCounts(): { pages: number; examples: number } {
  const found = [
    ...allActions.map(({ name }) => exampleOfAction(name)),
    ...allEvents.map(({ name }) => exampleOfEvent(name)),
  ]
  return { pages: found.length, examples: found.filter((one) => one !== undefined).length }
}

function indexesOf(kind: 'action' | 'event', all: readonly Entry[]): Page[] {
  const many = `${kind}s`
  const [Kind, right] = kind === 'action' ? ['Actions', 'write'] : ['Events', 'read']
  const others = [
    `[by class](/${many}/by-class)`,
    `[by module](/${many}/by-module)`,
    `[by version](/${many}/by-version)`,
    `[rights as a matrix](/${many}/rights)`,
  ]
  const count = exampleCounts()
  const groups = (title: string, of: (entry: Entry) => readonly string[], names: readonly string[]) =>
    names.flatMap((name) => {
      const found = all.filter((one) => of(one).includes(name))
      return found.length === 0 ? [] : [`## ${title === '' ? name : `${title} ${name}`}`, links(found)]
    })
  const modules = [...new Set(all.map(({ module }) => module))].sort((one, other) =>
    one === 'core' ? -1 : other === 'core' ? 1 : one < other ? -1 : 1,
  )
  return [
    page(
      `${many}/index.md`,
      Kind,
      `Every ${kind} of Asterisk 16 to 23, from A to Z.`,
      `Here is every ${kind} of Asterisk 16 to 23, with one line each. The same ${many} stand ${others.join(', ')}.`,
      kind === 'action'
        ? `A page of an action has its parameters, its answer, the rights it needs, and a real example. ${count.examples} of the ${count.pages} pages of actions and events have a real one. On the wire each line ends with CR LF, and an empty line ends the action.`
        : 'A page of an event has its headers, the rights it needs, and where it comes from. [Headers from A to Z](/events/headers) leads from a header to its events. [Channels and bridges](/events/snapshots) explains the headers that many events share.',
      table(
        ['Name', kind === 'action' ? 'What it does' : 'When it comes', 'Versions'],
        all.map((one) => [`[${one.name}](${placeOf(one)})`, prose(one.summary), versions(one)]),
      ),
    ),
    page(
      `${many}/by-class.md`,
      `${Kind} by class`,
      `The ${many} that each class of manager.conf allows.`,
      kind === 'action'
        ? 'This page shows which actions each class of `write` allows. One of an action’s classes is enough. The last group needs no class.'
        : 'This page shows which events each class of `read` lets through. An event with several classes needs all of them. The last group comes only in answers.',
      ...groups('', classesOf, CLASSES),
      `## ${kind === 'action' ? 'Every account' : 'Only in answers'}`,
      links(all.filter((one) => classesOf(one).length === 0)),
    ),
    page(
      `${many}/by-module.md`,
      `${Kind} by module`,
      `The ${many} that each module of Asterisk brings.`,
      `This page shows which module of Asterisk brings which ${kind}. A server that has not loaded the module does not have its ${many}.`,
      ...modules.flatMap((name) => {
        const found = all.filter((one) => one.module === name)
        return [`## ${name}`, links(found)]
      }),
    ),
    page(
      `${many}/by-version.md`,
      `${Kind} by version`,
      `What came and went between Asterisk 16 and 23.`,
      `This page shows which ${many} came and went between Asterisk 16 and 23. All others are in every version.`,
      '## New since 16',
      newOnes(all),
      '## Removed',
      table(
        ['Name', 'Removed in', 'In its place'],
        all
          .filter(({ facts }) => facts.removed !== undefined)
          .map((one) => [
            `[${one.name}](${placeOf(one)})`,
            one.facts.removed ?? '',
            'replacedBy' in one.facts && one.facts.replacedBy !== undefined
              ? `[${one.facts.replacedBy}](/actions/${one.facts.replacedBy})`
              : '',
          ]),
      ),
      '## 16 and 22 differ',
      `These ${many} have ${kind === 'action' ? 'parameters or headers of the answer' : 'headers'} that one of the two versions lacks.`,
      differences(all),
      '## How many',
      table(
        ['Asterisk', Kind],
        BRANCHES.map((branch) => [branch, String(all.filter(({ branches }) => branches.includes(branch)).length)]),
      ),
    ),
    page(
      `${many}/rights.md`,
      `Rights and ${many}`,
      `A matrix of the classes of manager.conf and the ${many}.`,
      kind === 'action'
        ? 'This page shows for each action which classes of `write` allow it: one dot of a line is enough. Actions that every account may send are left out.'
        : 'This page shows for each event which classes of `read` it needs: every dot of a line. Events that only answer an action are left out.',
      `[The calculator](/rights) adds up what your program needs.`,
      matrix(all, right ?? ''),
    ),
  ]
}

function classesOf(entry: Entry): readonly string[] {
  return entry.kind === 'action' ? entry.facts.privileges : entry.facts.classes
}

function links(found: readonly Entry[]): string {
  return found.map((one) => `[${one.name}](${placeOf(one)})`).join(' · ')
}

function versions({ facts, branches }: Entry): string {
  if (branches.length === BRANCHES.length) return ''
  if (facts.removed !== undefined) return `until ${facts.removed}`
  return `since ${facts.since.join(', ')}`
}

function newOnes(all: readonly Entry[]): string {
  const found = all.filter(({ facts }) => facts.since.length > 0)
  return table(
    ['Name', 'Since', 'What it is'],
    found.map((one) => [`[${one.name}](${placeOf(one)})`, one.facts.since.join(', '), prose(one.summary)]),
  )
}

function differences(all: readonly Entry[]): string {
  const fieldsOf = (one: Entry) => (one.kind === 'action' ? [...one.parameters, ...one.reply] : one.headers)
  const lacking = (one: Entry, version: string) =>
    fieldsOf(one)
      .filter(({ absent }) => absent?.includes(version))
      .map(({ name }) => code(name.replaceAll('%', '…')))
      .join(' ')
  const both = all.filter(({ branches }) => branches.includes('16') && branches.includes('22'))
  const rows = both.map((one) => [`[${one.name}](${placeOf(one)})`, lacking(one, '16'), lacking(one, '22')])
  return table(
    ['Name', 'Not in 16', 'Not in 22'],
    rows.filter(([, old, young]) => old !== '' || young !== ''),
  )
}

function matrix(all: readonly Entry[], right: string): string {
  const rows = all.filter((one) => classesOf(one).length > 0)
  const used = CLASSES.filter((name) => rows.some((one) => classesOf(one).includes(name)))
  const cells = (one: Entry) =>
    used.map((name) => (classesOf(one).includes(name) ? `<td title="${name}">●</td>` : '<td></td>')).join('')
  const lines = rows.map((one) => `<tr><th><a href="..${placeOf(one)}.html">${one.name}</a></th>${cells(one)}</tr>`)
  return [
    `<div class="matrix" tabindex="0" role="region" aria-label="Rights"><table v-pre>`,
    `<thead><tr><th>${right} =</th>${used.map((name) => `<th scope="col"><span>${name}</span></th>`).join('')}</tr></thead>`,
    `<tbody>${lines.join('')}</tbody>`,
    '</table></div>',
  ].join('\n')
}
