import { allEvents, eventFacts, missingClasses } from '../../catalog/facts.ts'
import { nearest } from '../../check.ts'
import type { StatusUnheard } from '../../link/status.ts'
import { nameOfOld } from './old-names.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Finds the listeners that can never get their event: the login's mask leaves it out, or nobody sends that name. */
export class UnheardListeners {
  #subscriptions: Subscriptions
  #mask: string
  /** What was probably meant by names that the catalog does not know so. */
  #meant: Map<string, string | undefined> | undefined

  constructor(subscriptions: Subscriptions, mask: string) {
    this.#subscriptions = subscriptions
    this.#mask = mask
  }

  /**
   * Reports them: all of them at a login, since rights and mask are the same until the next, and each new one by its `id`.
   * @param old whether the server speaks AMI 1.x, whose names Asterisk 12 replaced
   */
  report(tell: (status: StatusUnheard) => void, old: boolean, id?: string): void {
    for (const { id: listener, names, all } of this.#subscriptions.listeners(id)) {
      for (const event of names ?? []) {
        const meant = this.#meantBy(event, old)
        // one that also gets what belongs to actions may be waiting for the rows of a list
        const classes = all || this.#mask === 'on' ? [] : missingClasses(event, this.#mask)
        if (classes.length === 0 && meant === undefined) continue
        tell({ type: 'unheard', listener, event, classes, ...(meant !== undefined && { meant }) })
      }
    }
  }

  #meantBy(event: string, old: boolean): string | undefined {
    const right = nameOfOld(event, old) ?? eventFacts(event)?.name
    if (right !== undefined) return right === event ? undefined : right
    const habit = byHabit(event)
    if (habit !== undefined) return nameOfOld(habit, old) ?? eventFacts(habit)?.name ?? habit
    this.#meant ??= new Map()
    if (!this.#meant.has(event)) {
      const names = allEvents().map(({ name }) => name)
      this.#meant.set(event, ofTheSameWords(event, names) ?? nearest(event, names))
    }
    return this.#meant.get(event)
  }
}

/** Returns what a name of other libraries stands for: their classes of events, all events, and the life of a client. */
function byHabit(event: string): string | undefined {
  if (/^(?:error|(?:dis|re)?connect(?:ed)?|close|end|ready)$/.test(event)) return 'status()'
  if (/^(?:ami|asterisk|manager|nami)?[-_]?events?$/i.test(event)) return '*'
  const name = event.replace(/[-_ ]?events?$/i, '')
  return eventFacts(name) !== undefined || nameOfOld(name, false) !== undefined ? name : undefined
}

/** Returns the shortest name that has these words in this order, and others between or behind them. */
function ofTheSameWords(event: string, names: readonly string[]): string | undefined {
  const words = wordsOf(event)
  if (words.length < 2) return undefined
  let best: string | undefined
  for (const name of names) {
    if (best !== undefined && name.length >= best.length) continue
    let found = 0
    for (const word of wordsOf(name)) if (word.startsWith(words[found] ?? '\n')) found++
    if (found === words.length) best = name
  }
  return best
}

function wordsOf(name: string): string[] {
  return (name.match(/[A-Z]*[a-z0-9]+|[A-Z]+/g) ?? []).map((word) => word.toLowerCase())
}

let warned = false

/** Warns once in a process of a listener that was probably meant otherwise, where nobody reads `status()`. */
export function warnOfUnheard(source: string, { event, meant }: StatusUnheard): void {
  if (warned || meant === undefined) return
  warned = true
  const text = `${source}: no server sends an event '${event}': did you mean '${meant}'? status() reports every such listener`
  process.emitWarning(text, { type: 'AmiableWarning', code: 'AMIABLE_UNHEARD' })
}
