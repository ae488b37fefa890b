import { readFileSync } from 'node:fs'

/** What the source of Asterisk says of an action and its documentation does not. */
export interface SourceAction {
  /** The releases looked at that have it, of 11, 13, 16, 18, 20, 22 and 23. */
  readonly versions: readonly number[]
  /** Any one of them will do; none: every login may. */
  readonly privileges: readonly string[]
}

/** What the source of Asterisk says of an AGI command and its documentation does not. */
export interface SourceAgi {
  readonly versions: readonly number[]
  readonly least: number
  readonly most: number | undefined
  readonly dead: boolean
  readonly fails: boolean
  readonly module: string
}

/** The releases looked at: 11.25.3, 13.38.3, 16.28.0, 18.26.4, 20.20.1, 22.10.1, 23.4.1. */
export const RELEASES: Readonly<Record<number, string>> = {
  11: '11.25.3',
  13: '13.38.3',
  16: '16.28.0',
  18: '18.26.4',
  20: '20.20.1',
  22: '22.10.1',
  23: '23.4.1',
}

/*
 * chan_sip, chan_skinny and res_monitor left Asterisk with 21, which is not among the releases looked at.
 * Nothing else went between 20 and 22.
 */
export const REMOVED_AFTER: Readonly<Record<number, string>> = { 20: '21' }

/** The registrations found in the sources (`actions.tsv`). */
export function sourceActions(): Map<string, SourceAction> {
  const found = rows('actions.tsv').map(([name = '', versions = '', privileges = '']): [string, SourceAction] => [
    name,
    { versions: versions.split(' ').map(Number), privileges: privileges === '-' ? [] : privileges.split(',') },
  ])
  return new Map(found)
}

/** The releases that emit an event, as far as its name could be found in their sources (`events.tsv`). */
export function sourceEvents(): Map<string, readonly number[]> {
  return new Map(rows('events.tsv').map(([name = '', versions = '']) => [name, versions.split(' ').map(Number)]))
}

/**
 * The AGI commands (`agi.tsv`): how many words their handlers take behind the name from 16 on, and whether they work
 * on a dead channel or can fail.
 */
export function sourceAgi(): Map<string, SourceAgi> {
  return new Map(
    rows('agi.tsv').map(([name = '', versions = '', least, most, dead, fails, module = '']): [string, SourceAgi] => [
      name,
      {
        versions: versions.split(' ').map(Number),
        least: Number(least),
        most: most === '*' ? undefined : Number(most),
        dead: dead === 'yes',
        fails: fails === 'yes',
        module,
      },
    ]),
  )
}

function rows(file: string): string[][] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
}
