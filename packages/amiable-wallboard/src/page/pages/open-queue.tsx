// A queue that is open: who waits, and who answers.
import type { JSX, RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { AgentState, CallerRow, MemberRow, QueueRow } from '../../protocol/rows.ts'
import { say } from '../languages/language.ts'
import { Actions } from '../parts/actions.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSettled } from '../parts/settled.ts'
import { Heads, Scrolling } from '../parts/table.tsx'
import { Age, AsOf, At, Name, Nothing, oldClass, StateMark, Until, Who } from '../parts/text.tsx'
import { choose } from '../router.ts'
import type { Truth } from '../store/freshness.ts'
import { rowsOf, truthAt } from '../store/wallboard.ts'

const ORDER: readonly AgentState[] = [
  'ringing',
  'in call',
  'on another call',
  'wrap-up',
  'ready',
  'paused',
  'unavailable',
]

/** Shows the callers and the members of a queue. */
export function OpenQueue({ queue }: { queue: QueueRow }): JSX.Element {
  const truth = truthAt(queue.server, 'queues')
  const place = useRef<HTMLElement>(null)
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), [])
  const callers = rowsOf<CallerRow>('callers').filter(({ queueKey }) => queueKey === queue.key)
  const members = rowsOf<MemberRow>('members').filter(({ queueKey }) => queueKey === queue.key)
  return (
    <section
      class={`card open-queue${oldClass(truth)}`}
      ref={place as RefObject<HTMLElement>}
      aria-label={queue.name.slice(0, 80)}
    >
      <header>
        <h2>
          <Name>{queue.name}</Name>
        </h2>
        <AsOf truth={truth} />
        <Actions row={queue} verbs={['resetStatistics']} of={queue.name} words old={truth.type !== 'live'} />
        <button type="button" class="tool" onClick={() => choose({ open: undefined })} aria-label={say('close')}>
          <Icon name="close" />
        </button>
      </header>
      <div class="columns fade">
        <Callers rows={callers} truth={truth} />
        <Members rows={members} truth={truth} />
      </div>
    </section>
  )
}

interface Rows<R> {
  readonly rows: readonly R[]
  readonly truth: Truth
}

function Callers({ rows, truth }: Rows<CallerRow>): JSX.Element {
  const { rows: placed, held, isGone } = useSettled(rows.toSorted((one, other) => one.position - other.position))
  return (
    <div>
      <h3>
        {say('callers')} <span class="soft">{rows.length}</span>
      </h3>
      {rows.length === 0 && <Nothing>{say('noCallers')}</Nothing>}
      {rows.length > 0 && (
        <Scrolling label={say('callers')} held={held}>
          <table>
            <Heads
              heads={[
                [say('position'), 'number'],
                [say('from')],
                [say('waited'), 'number'],
                [say('priority'), 'number optional'],
              ]}
            />
            <tbody>
              {placed.map((row) => (
                <tr key={row.key} data-row={row.key} tabIndex={-1} inert={isGone(row)}>
                  <td class="number">{row.position}</td>
                  <td>
                    <Who name={row.name} number={row.number} />
                  </td>
                  <td class="number">
                    <Age since={row.joinedAt} truth={truth} />
                  </td>
                  <td class="number optional">{row.priority ?? '–'}</td>
                  <td>
                    <Actions
                      row={row}
                      verbs={['priority', 'redirect', 'withdraw']}
                      of={row.name ?? row.number ?? ''}
                      old={truth.type !== 'live'}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolling>
      )}
    </div>
  )
}

function Members({ rows, truth }: Rows<MemberRow>): JSX.Element {
  const sorted = rows.toSorted(
    (one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || (one.since ?? 0) - (other.since ?? 0),
  )
  const { rows: placed, held, isGone } = useSettled(sorted)
  return (
    <div>
      <h3>
        {say('members')} <span class="soft">{rows.length}</span>
      </h3>
      {rows.length === 0 && <Nothing>{say('noMembers')}</Nothing>}
      {rows.length > 0 && (
        <Scrolling label={say('members')} held={held}>
          <table>
            <Heads
              heads={[
                [say('name')],
                [say('state')],
                [say('since'), 'number'],
                [say('callsTaken'), 'number optional'],
                [say('lastCall'), 'optional'],
              ]}
            />
            <tbody>
              {placed.map((row) => (
                <tr key={row.key} data-row={row.key} tabIndex={-1} inert={isGone(row)}>
                  <td>
                    <Name>{row.name}</Name>
                    {row.penalty > 0 && <span class="tag">{say('penaltyOf', { value: row.penalty })}</span>}
                  </td>
                  <td>
                    <MemberState row={row} truth={truth} />
                  </td>
                  <td class="number">
                    <Age since={row.since} truth={truth} />
                  </td>
                  <td class="number optional">{row.calls}</td>
                  <td class="optional">
                    <At at={row.lastCallAt} />
                  </td>
                  <td>
                    <Actions
                      row={row}
                      verbs={[
                        row.state === 'paused' ? 'unpause' : 'pause',
                        'penalty',
                        ...(row.dynamic ? (['logout'] as const) : []),
                      ]}
                      of={row.name}
                      old={truth.type !== 'live'}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolling>
      )}
    </div>
  )
}

interface StateProps {
  readonly row: Pick<MemberRow, 'state' | 'reason' | 'wrapUpUntil'>
  readonly truth: Truth
}

/** Shows a state with what belongs to it: a reason, or how long wrap-up goes on. */
export function MemberState({ row, truth }: StateProps): JSX.Element {
  return (
    <>
      <StateMark state={row.state} /> {row.state === 'paused' && <Name class="soft small reason">{row.reason}</Name>}
      {row.state === 'wrap-up' && row.wrapUpUntil !== null && (
        <span class="soft small">
          <Until at={row.wrapUpUntil} truth={truth} />
        </span>
      )}
    </>
  )
}
