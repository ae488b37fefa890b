/*
 * What Asterisk's documentation leaves out about its AGI commands, from res_agi.c and app_stack.c: the table commands[]
 * says which need a living channel, the handlers how they answer.
 */
import type { Expect } from './replies.ts'

/** How a command behaves. */
export interface Traits {
  /** Asterisk carries it out on a dead channel too. */
  readonly dead?: true
  readonly expects?: Expect
  /** Another command stops it (FastAGI): it ends at once, most often without an answer. */
  readonly interruptible?: true
  /** A sound that ControlPlayback can stop. */
  readonly plays?: true
  /**
   * What -1 says: `failure` that it failed or the channel is gone, `alive` the same but that the number is of use where
   * the channel lives, `value` nothing about the channel.
   */
  readonly minus?: 'alive' | 'value'
  /** Its answer holds what it did up to the hangup. */
  readonly tellsHangup?: true
}

const TRAITS: Readonly<Record<string, Traits>> = {
  ANSWER: {},
  'ASYNCAGI BREAK': { dead: true },
  'CHANNEL STATUS': { minus: 'value' },
  'CONTROL STREAM FILE': { plays: true },
  'DATABASE DEL': { dead: true },
  'DATABASE DELTREE': { dead: true },
  'DATABASE GET': { dead: true, expects: 'value', minus: 'value' },
  'DATABASE PUT': { dead: true },
  EXEC: { dead: true, plays: true, minus: 'alive' },
  'GET DATA': { interruptible: true },
  'GET FULL VARIABLE': { dead: true, expects: 'value' },
  'GET OPTION': { interruptible: true, plays: true },
  'GET VARIABLE': { dead: true, expects: 'value' },
  GOSUB: {},
  HANGUP: { minus: 'value' },
  NOOP: { dead: true },
  'RECEIVE CHAR': { minus: 'alive' },
  'RECEIVE TEXT': { expects: 'value', minus: 'alive' },
  'RECORD FILE': { minus: 'alive', tellsHangup: true },
  'SAY ALPHA': { plays: true },
  'SAY DATE': { plays: true },
  'SAY DATETIME': { plays: true },
  'SAY DIGITS': { plays: true },
  'SAY NUMBER': { plays: true },
  'SAY PHONETIC': { plays: true },
  'SAY TIME': { plays: true },
  'SEND IMAGE': {},
  'SEND TEXT': {},
  'SET AUTOHANGUP': {},
  'SET CALLERID': {},
  'SET CONTEXT': {},
  'SET EXTENSION': {},
  'SET MUSIC': {},
  'SET PRIORITY': {},
  'SET VARIABLE': { dead: true },
  'SPEECH ACTIVATE GRAMMAR': {},
  'SPEECH CREATE': {},
  'SPEECH DEACTIVATE GRAMMAR': {},
  'SPEECH DESTROY': { dead: true },
  'SPEECH LOAD GRAMMAR': {},
  'SPEECH RECOGNIZE': {},
  'SPEECH SET': {},
  'SPEECH UNLOAD GRAMMAR': { dead: true },
  'STREAM FILE': { interruptible: true, plays: true },
  'TDD MODE': {},
  VERBOSE: { dead: true },
  'WAIT FOR DIGIT': { interruptible: true, plays: true },
}

/** Returns how a command behaves; of one that Asterisk lacks, that it may be sent at any time. */
export function traitsOf(command: string): Traits {
  return TRAITS[command] ?? { dead: true }
}

/** Returns the name of the command that some words begin with, in capitals, or the first of them. */
export function nameOf(words: readonly string[]): string {
  for (let count = Math.min(3, words.length); count > 1; count--) {
    const name = words.slice(0, count).join(' ').toUpperCase()
    if (Object.hasOwn(TRAITS, name)) return name
  }
  return (words[0] ?? '').toUpperCase()
}

/** The names of all commands. */
export const COMMAND_NAMES: readonly string[] = Object.keys(TRAITS)
