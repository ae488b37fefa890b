import type { Params, ParamValue } from 'amiable'

/** The parameters of a request as Asterisk reads them: names in any case, and the first of a repeated header counts. */
export class ActionParams {
  readonly #values = new Map<string, string[]>()
  /** The names as the caller wrote them. */
  readonly names: readonly string[]

  constructor(params: Params) {
    this.names = Object.keys(params)
    for (const [name, value] of Object.entries(params)) {
      if (value === undefined) continue
      const values = (Array.isArray(value) ? value : [value]) as readonly ParamValue[]
      const lower = name.toLowerCase()
      this.#values.set(lower, [...(this.#values.get(lower) ?? []), ...values.map(String)])
    }
  }

  /** Returns the value of a header that may stand once. An empty value is none, as it is for Asterisk. */
  text(name: string): string | undefined {
    return this.#values.get(name.toLowerCase())?.find((value) => value !== '')
  }

  /** Returns every value of a header. */
  all(name: string): readonly string[] {
    return this.#values.get(name.toLowerCase()) ?? []
  }

  /** Returns the names in small letters that were given more than once, in any spelling. */
  repeated(): string[] {
    return [...this.#values].filter(([, values]) => values.length > 1).map(([name]) => name)
  }

  /** Returns all names in small letters. */
  lowerNames(): string[] {
    return [...this.#values.keys()]
  }
}
