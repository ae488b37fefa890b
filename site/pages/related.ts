import { type ActionEntry, allActions, allEvents, type EventEntry } from './catalog.ts'

const MOST = 14

/** Returns links to what belongs to the same thing: the same first word of the name, then the same module. */
export function relatedTo(entry: ActionEntry | EventEntry): string {
  const all = [...allActions, ...allEvents].filter((one) => one !== entry)
  const word = firstWord(entry.name)
  const near = all.filter((one) => firstWord(one.name) === word)
  const same = all.filter((one) => one.module === entry.module && one.module !== 'core' && !near.includes(one))
  const found = [...near, ...same].slice(0, MOST)
  const links = (kind: 'action' | 'event') =>
    found.filter((one) => one.kind === kind).map(({ name }) => `[${name}](/${kind}s/${name})`)
  const [actions, events] = [links('action'), links('event')]
  const lines = [
    ...(actions.length > 0 ? [`Actions: ${actions.join(', ')}`] : []),
    ...(events.length > 0 ? [`Events: ${events.join(', ')}`] : []),
    `[All ${entry.kind}s of ${entry.module}](/${entry.kind}s/by-module#${entry.module})`,
  ]
  return lines.map((line) => `- ${line}`).join('\n')
}

/** `Queue` of `QueueMemberAdded`, `PJSIP` of `PJSIPShowAors`, `DTMF` of `DTMFBegin`. */
function firstWord(name: string): string {
  return (/^(?:[A-Z]{2,}(?=[A-Z][a-z]|\b|[a-z])|[A-Z][a-z]+|[a-z]+)/.exec(name)?.[0] ?? name).toLowerCase()
}
