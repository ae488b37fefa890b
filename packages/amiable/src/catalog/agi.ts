// What the catalog knows of AGI commands at run time.
import { checkString } from '../check.ts'
import type { Availability } from './facts.ts'
import { AGI_COMMANDS } from './generated/agi.ts'
import { list, Table } from './table.ts'

/** The facts about an AGI command. */
export interface AgiCommandFacts extends Availability {
  /** In capitals, its words apart by one blank. */
  readonly name: string
  /** The words of its name. */
  readonly words: readonly string[]
  /** The fewest and the most words that may follow those of its name, or Asterisk answers 520; `most` undefined: any. */
  readonly least: number
  readonly most: number | undefined
  /** Whether it works on a channel that has been hung up; all others are answered with 511 there. */
  readonly dead: boolean
  /** Whether it can fail in a way that ends AsyncAGI. */
  readonly fails: boolean
  /** The module that brings it. */
  readonly module: string
}

const commands = new Table(
  AGI_COMMANDS,
  ([name = '', least, most, dead, fails, module = '', since, removed]): AgiCommandFacts => ({
    name,
    words: name.split(' '),
    least: Number(least),
    most: most === '*' ? undefined : Number(most),
    dead: dead === 'd',
    fails: fails === 'f',
    module,
    since: list(since),
    removed: removed || undefined,
  }),
)

/** Returns the facts about the AGI command of this name, such as `GET DATA`, in upper or lower case. */
export function agiCommandFacts(name: string): AgiCommandFacts | undefined {
  checkString('name', name, "an AGI command's name")
  return commands.get(name)
}

/** Returns every AGI command, in order. */
export function allAgiCommands(): AgiCommandFacts[] {
  return commands.all()
}
