// The generated tables: lines by name, their fields apart by `|`.

// no name of Asterisk's is longer
const LONGEST = 64

/** A table by name, in any case of letters; a line is taken apart when it is first asked for. */
export class Table<T> {
  readonly #text: string
  readonly #read: (fields: readonly (string | undefined)[]) => T
  /** By the names as the lines have them: nearly all that is asked for is spelt so. */
  readonly #facts = new Map<string, T>()
  #lines: ReadonlyMap<string, string> | undefined

  constructor(text: string, read: (fields: readonly (string | undefined)[]) => T) {
    this.#text = text
    this.#read = read
  }

  get(name: string): T | undefined {
    // a server names its events as it likes, and each of their headers asks for it
    if (name.length > LONGEST) return undefined
    const known = this.#facts.get(name)
    if (known !== undefined) return known
    const line = this.#byName().get(name.toLowerCase())
    if (line === undefined) return undefined
    const spelt = speltIn(line)
    let facts = this.#facts.get(spelt)
    if (facts === undefined) {
      facts = this.#read(line.split('|'))
      this.#facts.set(spelt, facts)
    }
    return facts
  }

  all(): T[] {
    return [...this.#byName().keys()].map((name) => this.get(name) as T)
  }

  #byName(): ReadonlyMap<string, string> {
    this.#lines ??= new Map(
      this.#text
        .trim()
        .split('\n')
        .map((line): [string, string] => [speltIn(line).toLowerCase(), line]),
    )
    return this.#lines
  }
}

function speltIn(line: string): string {
  return line.slice(0, line.indexOf('|') >>> 0)
}

/** Returns the words of a field. */
export function list(field: string | undefined): readonly string[] {
  return field ? field.split(',') : []
}
