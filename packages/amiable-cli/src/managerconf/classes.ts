// What `read` and `write` of manager.conf grant. Asterisk compares the beginning of a class with each word but the last
// (main/manager.c:ast_instring), so that some lists grant more, and others less, than they say.
import { nearest } from '../errors/usage.ts'

/** Main/manager.c:perms. */
export const CLASSES = [
  'system',
  'call',
  'log',
  'verbose',
  'command',
  'agent',
  'user',
  'config',
  'dtmf',
  'reporting',
  'cdr',
  'dialplan',
  'originate',
  'agi',
  'cc',
  'aoc',
  'test',
  'security',
  'message',
] as const

/** Returns the classes that a list grants. */
export function granted(list: string): string[] {
  return isHeld(list, 'all') ? [...CLASSES] : CLASSES.filter((name) => isHeld(list, name))
}

function isHeld(list: string, name: string): boolean {
  for (let at = 0; at < list.length; ) {
    const comma = list.indexOf(',', at)
    if (comma === -1) return list.slice(at) === name
    if (name.startsWith(list.slice(at, comma))) return true
    at = comma + 1
  }
  return false
}

/** Returns what is wrong with a list of classes; empty if it grants what it says. */
export function faultsOfList(list: string): string[] {
  const words = list.split(',').map((word) => word.trim())
  const has = new Set(granted(list))
  const meant = new Set<string>(words.includes('all') ? CLASSES : words)
  const opened = [...has].filter((name) => !meant.has(name))
  const lost = CLASSES.filter((name) => meant.has(name) && !has.has(name))
  const unknown = words.filter((word) => word !== '' && word !== 'all' && word !== 'none' && !isClass(word))
  const many = opened.length === CLASSES.length || opened.length > 5
  return [
    ...(opened.length > 0 ? [`it also grants ${many ? 'every other class' : opened.join(', ')}`] : []),
    ...(lost.length > 0 ? [`it does not grant ${lost.length > 5 ? 'what it says' : lost.join(', ')}`] : []),
    ...unknown.map((word) => {
      const near = nearest(word, [...CLASSES, 'all'])
      return `there is no class ${word}${near === undefined ? '' : `; did you mean ${near}?`}`
    }),
  ]
}

/** Returns the same list, as it should be written. */
export function mended(list: string): string {
  const words = list
    .split(',')
    .map((word) => word.trim())
    .map((word) => (isClass(word) || word === 'all' ? word : nearest(word, CLASSES)))
  return [...new Set(words.filter((word) => word !== undefined && word !== ''))].join(',')
}

function isClass(word: string): boolean {
  return (CLASSES as readonly string[]).includes(word)
}
