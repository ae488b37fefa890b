// All calls that live, one line each: of ten thousand only those on the screen are in the document.
import type { JSX, RefObject } from 'preact'
import type { CallPhase, CallRow } from '../../protocol/call-rows.ts'
import { numberOf } from '../format.ts'
import { language, say } from '../languages/language.ts'
import { Actions } from '../parts/actions.tsx'
import { Icon } from '../parts/icon.tsx'
import { PHASES, PhaseMark } from '../parts/phase.tsx'
import { useSettled } from '../parts/settled.ts'
import { Heads } from '../parts/table.tsx'
import { Age, AsOf, Name, Nothing, oldClass, Who } from '../parts/text.tsx'
import { useWindow } from '../parts/virtual.ts'
import { choose, route } from '../router.ts'
import { rowsOf, truthAt, truthOfAll } from '../store/wallboard.ts'
import { CallPage } from './call.tsx'

const ORDER = Object.keys(PHASES) as CallPhase[]
// of a line, in the size of letters: calls.css has the same
const LINE = 3.25

/** Shows the calls, or one of them. */
export function Calls(): JSX.Element {
  const { open } = route.value.query
  return open === undefined ? <CallList /> : <CallPage id={open} />
}

function CallList(): JSX.Element {
  const rows = rowsOf<CallRow>('calls')
  const filter = route.value.query.phase
  const shown = filter === undefined ? rows : rows.filter(({ phase }) => phase === filter)
  return (
    <>
      <div class="head">
        <h1>
          {say('calls')} <span class="soft">{numberOf(rows.length, language.value)}</span>
        </h1>
      </div>
      <div class="filters">
        <button
          type="button"
          class="chip"
          aria-pressed={filter === undefined}
          onClick={() => choose({ phase: undefined })}
        >
          {say('all')} <strong>{numberOf(rows.length, language.value)}</strong>
        </button>
        {ORDER.map((phase) => {
          const count = rows.filter((row) => row.phase === phase).length
          return (
            <button
              key={phase}
              type="button"
              class={`chip chip-${PHASES[phase].look}`}
              aria-pressed={filter === phase}
              onClick={() => choose({ phase: filter === phase ? undefined : phase })}
            >
              <Icon name={PHASES[phase].icon} />
              {say(`phase_${phase}`)} <strong>{numberOf(count, language.value)}</strong>
            </button>
          )
        })}
      </div>
      {shown.length === 0 ? (
        <Nothing>{say(truthOfAll('calls').type === 'unknown' ? 'loading' : 'noCalls')}</Nothing>
      ) : (
        <CallTable rows={shown} />
      )}
    </>
  )
}

function CallTable({ rows }: { rows: readonly CallRow[] }): JSX.Element {
  const {
    rows: placed,
    held,
    isGone,
  } = useSettled(
    rows.toSorted((one, other) => one.startedAt - other.startedAt || (one.key < other.key ? -1 : 1)),
    route.value.query.phase,
  )
  const { shown, place } = useWindow(placed.length, LINE)
  const { from, to, above, below } = shown
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it with the arrows
    <section class="table-wrap call-list" aria-label={say('calls')} tabIndex={0} ref={place as RefObject<HTMLElement>}>
      <table class="call-table" aria-rowcount={placed.length + 1} ref={held as RefObject<HTMLTableElement>}>
        <Heads
          heads={[
            [say('phase')],
            [say('duration'), 'number'],
            [say('from')],
            [say('to')],
            [say('via')],
            [say('server')],
          ]}
        />
        <tbody>
          {above > 0 && <Space key="above" height={above} />}
          {placed.slice(from, to).map((row, at) => (
            <Line key={row.key} row={row} index={from + at + 2} isGone={isGone(row)} />
          ))}
          {below > 0 && <Space key="below" height={below} />}
        </tbody>
      </table>
    </section>
  )
}

function Space({ height }: { height: number }): JSX.Element {
  return (
    <tr class="gap" style={{ height: `${height}px` }}>
      <td colSpan={7} />
    </tr>
  )
}

function Line({ row, index, isGone }: { row: CallRow; index: number; isGone: boolean }): JSX.Element {
  const truth = truthAt(row.server, 'calls')
  return (
    <tr class={`fade${oldClass(truth)}`} aria-rowindex={index} data-row={row.key} tabIndex={-1} inert={isGone}>
      <td>
        <button type="button" class="link" data-open onClick={() => choose({ open: row.key })}>
          <PhaseMark phase={row.phase} />
        </button>
        {row.spied && <Icon name="ear" />}
      </td>
      <td class="number">
        <Age since={row.startedAt} truth={row.endedAt === null ? truth : { type: 'old', asOf: row.endedAt }} />
      </td>
      <td>
        <Who name={row.fromName} number={row.fromNumber} />
      </td>
      <td>
        <Who name={row.toName} number={row.toNumber} />
      </td>
      <td>
        <Name>{row.queue ?? row.trunk}</Name>
      </td>
      <td>{truth.type === 'live' ? <Name>{row.server}</Name> : <AsOf truth={truth} />}</td>
      <td>
        <Actions
          row={row}
          verbs={row.phase === 'ended' ? [] : ['hangup']}
          of={row.fromNumber ?? ''}
          old={truth.type !== 'live'}
        />
      </td>
    </tr>
  )
}
