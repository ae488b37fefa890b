// Which events are meant by names and classes, and which classes of events the login must ask for.
import { eventFacts } from 'amiable/catalog'
import { eventNames } from '../catalog/fields.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import { globOf } from '../where/glob.ts'

/** What was asked for. */
export interface Asked {
  /** Names or globs; none for every event. */
  readonly names: readonly string[]
  readonly not: readonly string[]
  /** Privilege classes of events, such as `call`. */
  readonly classes: readonly string[]
}

/** What is listened for. */
export interface Selection {
  /** The names to listen for, or all. */
  readonly names: readonly string[] | '*'
  /** What the login asks the server for. */
  readonly mask: 'on' | readonly string[]
  /** Names that the catalog does not know. */
  readonly unknown: readonly string[]
  /** Whether an event of this name is wanted. */
  has(name: string): boolean
}

/** Turns what was asked for into names and classes. */
export function selectionOf({ names, not, classes }: Asked): Selection {
  if (classes.length > 0) checkClasses(classes)
  const isGlob = (name: string) => /[*?]/.test(name)
  const plain = names.filter((name) => !isGlob(name)).map((name) => eventFacts(name)?.name ?? name)
  const fits = names.filter(isGlob).map((name) => globOf(name, true))
  const excluded = not.map((name) => globOf(name, true))
  // what the catalog does not know may be of any class
  const isOfClass = (name: string) => (eventFacts(name)?.classes ?? classes).some((one) => classes.includes(one))
  const isNamed = (name: string) => names.length === 0 || plain.includes(name) || fits.some((glob) => glob(name))
  const has = (name: string) =>
    isNamed(name) && (classes.length === 0 || isOfClass(name)) && !excluded.some((glob) => glob(name))
  const unknown = plain.filter((name) => eventFacts(name) === undefined)
  return {
    names: names.length > 0 && fits.length === 0 ? plain.filter(has) : '*',
    mask: maskOf(has, names, unknown, classes),
    unknown,
    has: remembered(has),
  }
}

function checkClasses(given: readonly string[]): void {
  const known = classesOf(eventNames())
  const strange = given.find((name) => !known.includes(name))
  if (strange === undefined) return
  throw usage(`no event has the class ${strange}${didYouMean(strange, known)}`, `There are ${known.join(', ')}.`)
}

function classesOf(names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => eventFacts(name)?.classes ?? []))].sort()
}

/** Returns the classes that bring these events: all where an event is meant that the catalog does not know. */
function maskOf(
  has: (name: string) => boolean,
  names: readonly string[],
  unknown: readonly string[],
  classes: readonly string[],
): 'on' | readonly string[] {
  if (names.length === 0 || unknown.length > 0) return classes.length > 0 ? classes : 'on'
  const needed = classesOf(eventNames().filter(has))
  return needed.length === 0 ? 'on' : needed
}

// as many names as Asterisk has, and some
const MOST = 1_000

function remembered(has: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    const is = has(name)
    if (known.size < MOST) known.set(name, is)
    return is
  }
}
