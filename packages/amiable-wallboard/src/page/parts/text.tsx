// Small things that every page shows: names, times, states, and how old what is shown is.
import type { ComponentChildren, JSX } from 'preact'
import type { AgentState, Level } from '../../protocol/rows.ts'
import { now } from '../clock.ts'
import { plainOf, spanOf, timeOf } from '../format.ts'
import type { MessageName } from '../languages/en.ts'
import { language, say } from '../languages/language.ts'
import type { Truth } from '../store/freshness.ts'
import { Icon, type IconName } from './icon.tsx'

/** Shows a stranger's text as text: one line, cut where there is no room, its direction kept to itself. */
export function Name({ children, class: more }: { children: string | null; class?: string }): JSX.Element | null {
  if (children === null || children === '') return null
  const text = plainOf(children)
  return (
    <bdi class={more === undefined ? 'name' : `name ${more}`} title={text}>
      {text}
    </bdi>
  )
}

/** Shows who somebody is: the name over the number, or what there is. */
export function Who({ name, number }: { name: string | null; number: string | null }): JSX.Element {
  if (name !== null && name !== '' && name !== number) {
    return (
      <span class="who">
        <Name>{name}</Name> <Name class="soft small">{number}</Name>
      </span>
    )
  }
  return (
    <span class="who">{number === null || number === '' ? <span class="soft">–</span> : <Name>{number}</Name>}</span>
  )
}

/** Shows for how long something has been so. What is old stands still at the moment that it is of. */
export function Age({ since, truth }: { since: number | null; truth?: Truth | undefined }): JSX.Element {
  if (since === null) return <span class="soft">–</span>
  const at = truth?.type === 'old' ? truth.asOf : undefined
  // the tick is read only where the time goes on
  return <time>{spanOf((at ?? now.value) - since)}</time>
}

/** Shows how long until something ends. What is old stands still at the moment that it is of. */
export function Until({ at, truth }: { at: number; truth: Truth }): JSX.Element {
  const from = truth.type === 'old' ? truth.asOf : undefined
  return <time>{spanOf(at - (from ?? now.value) + 999)}</time>
}

/** Shows a time of the day. */
export function At({ at }: { at: number | null }): JSX.Element {
  if (at === null) return <span class="soft">–</span>
  return <time dateTime={new Date(at).toISOString()}>{timeOf(at, language.value, now.peek(), false)}</time>
}

/** Says of what moment something is, where it is not of now. */
export function AsOf({ truth }: { truth: Truth }): JSX.Element | null {
  if (truth.type === 'live') return null
  return (
    <span class="stale-mark">
      <Icon name="stale" />
      {truthText(truth)}
    </span>
  )
}

/** Says how old something is. */
export function truthText(truth: Truth): string {
  if (truth.type === 'hidden') return say('notAllowed')
  if (truth.type !== 'old' || truth.asOf === null) return say('unknownYet')
  return say('asOf', { time: timeOf(truth.asOf, language.value, now.peek()) })
}

/** Returns the class of what must not look live. */
export function oldClass(truth: Truth): string {
  return truth.type === 'live' ? '' : ' stale'
}

interface StateLook {
  readonly look: 'ready' | 'ringing' | 'busy' | 'other' | 'wrap' | 'paused' | 'away'
  readonly icon: IconName
}

export const STATES: Readonly<Record<AgentState, StateLook>> = {
  ready: { look: 'ready', icon: 'check' },
  ringing: { look: 'ringing', icon: 'ringing' },
  'in call': { look: 'busy', icon: 'calls' },
  'on another call': { look: 'other', icon: 'calls' },
  'wrap-up': { look: 'wrap', icon: 'wrap' },
  paused: { look: 'paused', icon: 'pause' },
  unavailable: { look: 'away', icon: 'away' },
}

/** Returns a state as a word. */
export function stateWord(state: AgentState): string {
  return say(`state_${STATES[state].look}` satisfies MessageName)
}

/** Shows a state: colour, icon and word. */
export function StateMark({ state, children }: { state: AgentState; children?: ComponentChildren }): JSX.Element {
  const { look, icon } = STATES[state]
  return (
    <span class={`state state-${look}`}>
      <Icon name={icon} class={look === 'ringing' ? 'pulse' : undefined} />
      {children ?? stateWord(state)}
    </span>
  )
}

/** Shows how bad something is beside its number: an icon, for colour alone says nothing. */
export function LevelMark({ level }: { level: Level | null }): JSX.Element | null {
  if (level === null) return null
  return <Icon name={level === 'alarm' ? 'alarm' : 'warn'} class={levelClass(level)} />
}

/** Returns the class of a level's colour. */
export function levelClass(level: Level | null): string {
  return level === null ? '' : level === 'alarm' ? 'level-alarm' : 'level-warn'
}

/** Says that there is nothing. */
export function Nothing({ children }: { children: string }): JSX.Element {
  return <p class="empty-note">{children}</p>
}
