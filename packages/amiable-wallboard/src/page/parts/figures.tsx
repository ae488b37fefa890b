// Drawings of numbers: members by state, the last hour as a line, a share as a ring.
import type { JSX } from 'preact'
import type { AgentState, Level, QueueRow } from '../../protocol/rows.ts'
import { segmentsOf } from '../format.ts'
import { Icon } from './icon.tsx'
import { STATES, stateWord } from './text.tsx'

type Counts = Pick<QueueRow, 'ready' | 'ringing' | 'inCall' | 'onAnotherCall' | 'wrapUp' | 'paused' | 'unavailable'>

/** Returns the members by state, in the order of a bar. */
export function countsOf(counts: Counts): readonly (readonly [state: AgentState, count: number])[] {
  return [
    ['ready', counts.ready],
    ['ringing', counts.ringing],
    ['in call', counts.inCall],
    ['on another call', counts.onAnotherCall],
    ['wrap-up', counts.wrapUp],
    ['paused', counts.paused],
    ['unavailable', counts.unavailable],
  ]
}

const SEGMENTS = 12

/** Shows members by state in twelve segments, and their numbers below. */
export function MemberBar({ counts, legend = true }: { counts: Counts; legend?: boolean }): JSX.Element {
  const all = countsOf(counts)
  const shares = segmentsOf(
    all.map(([, count]) => count),
    SEGMENTS,
  )
  const used = shares.reduce((sum, share) => sum + share, 0)
  return (
    <div class="member-bar">
      <div class="bar" aria-hidden="true">
        {all.flatMap(([state], at) =>
          Array.from({ length: shares[at] ?? 0 }, (_, nth) => (
            <i key={`${state}${nth}`} class={`fill-${STATES[state].look}`} />
          )),
        )}
        {Array.from({ length: SEGMENTS - used }, (_, nth) => (
          <i key={nth} class="empty" />
        ))}
      </div>
      {legend && (
        <p class="legend">
          {all.map(([state, count]) =>
            count === 0 ? null : (
              <span key={state} class={`state state-${STATES[state].look}`} title={stateWord(state)}>
                <Icon name={STATES[state].icon} />
                <span class="unseen">{stateWord(state)}: </span>
                {count}
              </span>
            ),
          )}
        </p>
      )}
    </div>
  )
}

const WIDTH = 120
const HEIGHT = 28

/** Draws the last hour, a point a minute, from nought. */
export function Spark({ history: given, label }: { history: readonly number[]; label: string }): JSX.Element {
  const [only = 0] = given
  const history = given.length < 2 ? [only, only] : given
  const most = Math.max(1, ...history)
  const step = WIDTH / Math.max(1, history.length - 1)
  const points = history.map(
    (value, at) => `${(at * step).toFixed(1)} ${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`,
  )
  const line = `M${points.join('L')}`
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path class="area" d={`${line}V${HEIGHT}H0Z`} />
      <path d={line} />
    </svg>
  )
}

const AROUND = 2 * Math.PI * 25

/** Draws a share as a ring with its number inside. */
export function Ring({
  percent,
  level,
  label,
}: {
  percent: number | null
  level: Level | null
  label: string
}): JSX.Element {
  const kind = level === null ? 'ring' : `ring ${level === 'alarm' ? 'alarm' : 'warn'}`
  const part = percent === null ? 0 : (Math.min(100, Math.max(0, percent)) / 100) * AROUND
  return (
    <svg
      class={kind}
      viewBox="0 0 60 60"
      role="img"
      aria-label={`${label}: ${percent === null ? '–' : `${Math.round(percent)} %`}`}
    >
      <circle cx="30" cy="30" r="25" />
      {part > 0 && (
        <circle
          class="part"
          cx="30"
          cy="30"
          r="25"
          stroke-dasharray={`${part} ${AROUND}`}
          transform="rotate(-90 30 30)"
        />
      )}
      <text x="30" y="31">
        {percent === null ? '–' : Math.round(percent)}
      </text>
    </svg>
  )
}
