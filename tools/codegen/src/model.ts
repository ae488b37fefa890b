/** How Asterisk reads or prints a value. All values are text on the wire; this is what the text means. */
export type Kind = 'text' | 'number' | 'boolean' | 'scalar'

/** A parameter of an action, a header of a reply or of an event. A `${string}` in its name stands for any text. */
export interface Field {
  readonly name: string
  readonly kind: Kind
  readonly unit: string | undefined
  /** The values it may have, where they are enumerated. */
  readonly values: readonly string[]
  /** Whether it may have other values as well. */
  readonly open: boolean
  /** Of a parameter: Asterisk refuses the action without it. Of a header: it is always there. */
  readonly required: boolean
  readonly repeats: boolean
  readonly default: string | undefined
  /** The versions read that lack it, where one does. */
  readonly absent: readonly string[]
}

export interface Snapshot {
  readonly kind: 'channel' | 'bridge'
  readonly prefix: string
  readonly optional: boolean
}

/** Which versions have something. */
export interface Availability {
  /** The first release of each branch that has it, such as `18.19.0` and `20.4.0`; none: as long as we look back. */
  readonly since: readonly string[]
  /** The first version without it. */
  readonly removed: string | undefined
}

/**
 * For how long an action may keep its session from answering anything else: there is no telling, as long as a parameter
 * says (`unless` another is true; `otherwise` in milliseconds), or where a parameter calls a function.
 */
export type Slow =
  | 'always'
  | {
      readonly lasts: string
      readonly unit: 's' | 'ms'
      readonly otherwise: number | undefined
      readonly unless: string | undefined
    }
  | { readonly calls: string }

/** How an answer ends that does not say so itself (overlay/endings.ts). */
export type Ending = 'bare' | 'open' | 'nameless' | 'raw' | 'fused' | 'verdict'

/** What an action does to the server: nothing, it sets a state, or it does something more each time. */
export type Effect = 'reads' | 'sets' | 'twice'

export interface Behaviour {
  readonly effect: Effect
  readonly slow: Slow | undefined
  readonly ending: Ending | undefined
}

export interface Action extends Availability, Behaviour {
  readonly name: string
  readonly page: string | undefined
  readonly parameters: readonly Field[]
  readonly reply: readonly Field[]
  readonly rows: readonly string[]
  readonly completion: string | undefined
  /** Any one of them will do; none: every login may. */
  readonly privileges: readonly string[]
  readonly replacedBy: string | undefined
}

export interface Event extends Availability {
  readonly name: string
  readonly page: string | undefined
  readonly snapshots: readonly Snapshot[]
  readonly headers: readonly Field[]
  /** All of them are needed; none: it only comes as a row. */
  readonly classes: readonly string[]
  /** The actions that answer with it as a row, and those whose list it completes. */
  readonly rowOf: readonly string[]
  readonly completes: readonly string[]
  /** A completing event that carries `EventList` and `ListItems`. */
  readonly marked: boolean
  /** It prints `ChanVariable(<channel>)`, which is never escaped. */
  readonly namedVariables: boolean
}

export interface AgiCommand extends Availability {
  readonly name: string
  readonly page: string | undefined
  /** What follows the words of its name. */
  readonly parameters: readonly Field[]
  /** How many words its handler takes behind its name; `most` undefined: any number. */
  readonly least: number
  readonly most: number | undefined
  /** It works on a channel that has been hung up. */
  readonly dead: boolean
  /** Its handler can return RESULT_FAILURE, which ends AsyncAGI. */
  readonly fails: boolean
  readonly module: string
}

/** One line of our own by name. */
export interface Summaries {
  readonly actions: Readonly<Record<string, string>>
  readonly events: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly agi: Readonly<Record<string, string>>
}

export interface Catalog {
  /** The documentations that it was made from, newest first, such as `22` and `16`. */
  readonly versions: readonly string[]
  readonly actions: readonly Action[]
  readonly events: readonly Event[]
  readonly agi: readonly AgiCommand[]
  readonly summaries: Summaries
}
