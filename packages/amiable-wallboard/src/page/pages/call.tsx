// One call: its legs as lanes over time, and what happened, in words.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { CallRow, LegRow, MarkRow } from '../../protocol/call-rows.ts'
import type { Verb } from '../../protocol/verbs.ts'
import { now } from '../clock.ts'
import { spanOf } from '../format.ts'
import { say } from '../languages/language.ts'
import { Actions } from '../parts/actions.tsx'
import { Icon } from '../parts/icon.tsx'
import { folded, frameOf, laneOf, placeOf } from '../parts/lanes.ts'
import { PhaseMark } from '../parts/phase.tsx'
import { Age, AsOf, Name, Nothing, oldClass, Who } from '../parts/text.tsx'
import { choose } from '../router.ts'
import { rowsOf, truthAt, user } from '../store/wallboard.ts'

/** Shows one call. */
export function CallPage({ id }: { id: string }): JSX.Element {
  const call = rowsOf<CallRow>('calls').find(({ key }) => key === id)
  return (
    <>
      <div class="head">
        <button type="button" class="button" data-back onClick={() => choose({ open: undefined })}>
          <Icon name="calls" />
          {say('allCalls')}
        </button>
        <h1>{say('legsOf')}</h1>
      </div>
      {call === undefined ? <Nothing>{say('callGone')}</Nothing> : <CallView call={call} />}
    </>
  )
}

function CallView({ call }: { call: CallRow }): JSX.Element {
  const truth = truthAt(call.server, 'calls')
  const [isOpen, setOpen] = useState(false)
  const legs = rowsOf<LegRow>('legs')
  const marks = rowsOf<MarkRow>('marks').toSorted((one, other) => one.at - other.at)
  const at = truth.type === 'old' && truth.asOf !== null ? truth.asOf : now.value
  const frame = frameOf(legs, at)
  const { shown, hops } = folded(legs, isOpen)
  const isOld = truth.type !== 'live'
  return (
    <article class={`card call-card${oldClass(truth)}`}>
      <header>
        <PhaseMark phase={call.phase} />
        <strong>
          <Age since={call.startedAt} truth={call.endedAt === null ? truth : { type: 'old', asOf: call.endedAt }} />
        </strong>
        <span class="route">
          <Who name={call.fromName} number={call.fromNumber} /> <span aria-hidden="true">→</span>{' '}
          <Who name={call.toName} number={call.toNumber} />
        </span>
        <AsOf truth={truth} />
        {call.phase !== 'ended' && (
          <Actions row={call} verbs={['hangup']} of={call.fromNumber ?? ''} words old={isOld} />
        )}
      </header>
      {!call.complete && <p class="small soft">{say('incomplete')}</p>}
      <div class="fade lanes">
        {shown.map((leg) => (
          <Lane key={leg.key} leg={leg} marks={marks} frame={frame} at={at} isOld={isOld} />
        ))}
        {hops > 0 && (
          <button type="button" class="button hops" aria-pressed={isOpen} onClick={() => setOpen(!isOpen)}>
            ⋯ {say('hops', { count: hops })}
          </button>
        )}
      </div>
      <h2>{say('story')}</h2>
      <ol class="story">
        {marks.map((mark) => (
          <li key={mark.key}>
            <time class="soft">{spanOf(mark.at - frame.begin)}</time> {say(`mark_${mark.type}`)}{' '}
            <Name class="soft">{mark.text}</Name>
          </li>
        ))}
      </ol>
      {user.value?.role === 'admin' && <Raw rows={[call, ...legs]} />}
    </article>
  )
}

interface LaneProps {
  readonly leg: LegRow
  readonly marks: readonly MarkRow[]
  readonly frame: { readonly begin: number; readonly end: number }
  readonly at: number
  readonly isOld: boolean
}

function Lane({ leg, marks, frame, at, isOld }: LaneProps): JSX.Element {
  const { spans } = laneOf(leg, marks, frame, at)
  const own = marks.filter(({ legs }) => legs.includes(leg.key))
  const verbs: Verb[] =
    leg.endedAt === null && !leg.local ? ['transfer', 'park', 'listen', 'whisper', 'barge', 'hangup'] : []
  return (
    <div class={`lane${leg.endedAt === null ? '' : ' ended'}`} data-row={leg.key} tabIndex={-1}>
      <div class="lane-head">
        <span class="lane-who">
          <Who name={leg.partyName} number={leg.number} />
          <Name class="soft small">{leg.name}</Name>
        </span>
        {leg.held === true && <Icon name="held" />}
        {leg.recording && <Icon name="record" class="level-alarm" />}
        {leg.spied && <Icon name="ear" />}
        <Actions row={leg} verbs={verbs} of={leg.name} old={isOld} />
      </div>
      <div class="lane-track" aria-hidden="true">
        {spans.map(({ look, from, to }) => (
          <i key={`${look}${from}`} class={`span span-${look}`} style={{ left: `${from}%`, width: `${to - from}%` }} />
        ))}
        {own.map((mark) => (
          <i
            key={mark.key}
            class={`mark mark-${mark.type}`}
            style={{ left: `${placeOf(frame, mark.at)}%` }}
            title={say(`mark_${mark.type}`)}
          />
        ))}
      </div>
    </div>
  )
}

function Raw({ rows }: { rows: readonly object[] }): JSX.Element {
  return (
    <details>
      <summary>{say('raw')}</summary>
      {rows.map((row, at) => (
        <table key={at} class="raw small">
          <tbody>
            {Object.entries(row).map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <Name>{value === null ? '–' : String(value)}</Name>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </details>
  )
}
