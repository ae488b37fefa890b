// What each verb takes, as words at the cursor.
import { actionNames, eventNames, parametersOf } from '../catalog/fields.ts'
import { listNames } from '../lists/find-list.ts'
import { SHORT_LISTS } from '../lists/short-lists.ts'
import { SHELLS } from './scripts.ts'

/** What the command line knows beside the catalog. */
export interface Known {
  readonly verbs: readonly string[]
  readonly contexts: () => readonly string[]
}

/** Returns what a verb can take next. */
export async function argumentsOf(
  verb: string,
  args: readonly string[],
  last: string,
  known: Known,
): Promise<readonly string[]> {
  const [first] = args
  switch (verb) {
    case 'events':
      return eventNames()
    case 'send':
      return first === undefined ? actionNames() : parameters(first, args, last)
    case 'list':
      return first === undefined ? listNames() : parameters(SHORT_LISTS[first]?.action ?? first, args, last)
    case 'context':
      if (first === undefined) return ['add', 'ls', 'show', 'use', 'set', 'rm', 'test', 'secret']
      return first === 'add' || first === 'ls' ? [] : known.contexts()
    case 'docs':
      return first === undefined ? [...actionNames(), ...eventNames()] : []
    case 'rights':
      return last.startsWith('+') ? eventNames().map((name) => `+${name}`) : actionNames()
    case 'help':
      return first === undefined ? known.verbs : []
    case 'completion':
      return first === undefined ? SHELLS : []
    default:
      return []
  }
}

/** Returns `Name=` for each parameter that was not given, or the values of the one at the cursor. */
function parameters(action: string, given: readonly string[], last: string): string[] {
  const fields = parametersOf(action) ?? []
  const [, name] = /^([^=]+)=/.exec(last) ?? []
  if (name === undefined) {
    const taken = given.map((word) => word.split('=')[0])
    return fields.filter((field) => field.repeats || !taken.includes(field.name)).map((field) => `${field.name}=`)
  }
  const field = fields.find((one) => one.name === name)
  const values = field?.kind === 'boolean' ? ['yes', 'no'] : (field?.values ?? [])
  return values.map((value) => `${name}=${value}`)
}
