/*
 * How Asterisk's AGI commands behave, beside what the catalog knows of them: from the handlers in res_agi.c.
 */
import { agiCommandFacts } from '../catalog/agi.ts'
import type { AgiCommands } from '../catalog/generated/agi.ts'
import type { Expect } from './replies.ts'

/** The name of an AGI command, in capitals. */
export type AgiCommandName = keyof AgiCommands

/** The words that an AGI command takes, by its name. */
export type AgiArguments<C extends AgiCommandName> = AgiCommands[C]

/** How a command behaves. */
export interface Traits {
  /** Whether Asterisk carries it out on a dead channel too. */
  readonly dead: boolean
  /** Whether it ends AsyncAGI where it fails. */
  readonly fails: boolean
  readonly expects?: Expect
  /** Another command stops it (FastAGI): it ends at once, most often without an answer. */
  readonly interruptible?: true
  /** Sounds that ControlPlayback can stop: one, or one of several at a time. */
  readonly plays?: 'one' | 'several'
  /**
   * What -1 says, otherwise than that it failed or the channel is gone: `alive` that the number is of use where the
   * channel lives, `value` nothing about the channel.
   */
  readonly minus?: 'alive' | 'value'
  /** Its answer holds what it did up to the hangup. */
  readonly tellsHangup?: true
}

const OWN: Readonly<Record<string, Omit<Traits, 'dead' | 'fails'>>> = {
  'CHANNEL STATUS': { minus: 'value' },
  'CONTROL STREAM FILE': { plays: 'one' },
  'DATABASE GET': { expects: 'value', minus: 'value' },
  EXEC: { plays: 'one', minus: 'alive' },
  'GET DATA': { interruptible: true, plays: 'one' },
  'GET FULL VARIABLE': { expects: 'value' },
  'GET OPTION': { interruptible: true, plays: 'one' },
  'GET VARIABLE': { expects: 'value' },
  HANGUP: { minus: 'value' },
  'RECEIVE CHAR': { minus: 'alive' },
  'RECEIVE TEXT': { expects: 'value', minus: 'alive' },
  'RECORD FILE': { minus: 'alive', tellsHangup: true },
  'SAY ALPHA': { plays: 'several' },
  'SAY DATE': { plays: 'several' },
  'SAY DATETIME': { plays: 'several' },
  'SAY DIGITS': { plays: 'several' },
  'SAY NUMBER': { plays: 'several' },
  'SAY PHONETIC': { plays: 'several' },
  'SAY TIME': { plays: 'several' },
  'STREAM FILE': { interruptible: true, plays: 'one' },
  'WAIT FOR DIGIT': { interruptible: true, plays: 'one' },
}

const known = new Map<string, Traits>()
const UNKNOWN: Traits = { dead: true, fails: false }

/** Returns how a command behaves; of one that Asterisk lacks, that it may be sent at any time. */
export function traitsOf(command: string): Traits {
  let traits = known.get(command)
  if (traits !== undefined) return traits
  const facts = agiCommandFacts(command)
  if (facts === undefined) return UNKNOWN
  traits = { dead: facts.dead, fails: facts.fails, ...OWN[command] }
  known.set(command, traits)
  return traits
}

/** Returns the name of the command that some words begin with, in capitals, or the first of them. */
export function nameOf(words: readonly string[]): string {
  for (let count = Math.min(3, words.length); count > 1; count--) {
    const name = words.slice(0, count).join(' ').toUpperCase()
    if (agiCommandFacts(name) !== undefined) return name
  }
  return (words[0] ?? '').toUpperCase()
}
