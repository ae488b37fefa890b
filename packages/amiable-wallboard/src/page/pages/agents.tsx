// People, not memberships: tiles to look at, or a list to compare.
import type { JSX, RefObject } from 'preact'
import type { AgentRow, AgentState } from '../../protocol/rows.ts'
import { say } from '../languages/language.ts'
import { Actions } from '../parts/actions.tsx'
import { Icon } from '../parts/icon.tsx'
import type { Column } from '../parts/order.ts'
import { useSettled } from '../parts/settled.ts'
import { SortedTable } from '../parts/table.tsx'
import { Age, AsOf, At, Name, Nothing, oldClass, STATES, StateMark, stateWord, Until, Who } from '../parts/text.tsx'
import { choose, goTo, route } from '../router.ts'
import { asList } from '../store/settings.ts'
import { rowsOf, truthAt, truthOfAll } from '../store/wallboard.ts'
import { MemberState } from './open-queue.tsx'
import { ServerTag } from './queues.tsx'

const ORDER = Object.keys(STATES) as AgentState[]

/** Shows the agents. */
export function Agents(): JSX.Element {
  const rows = rowsOf<AgentRow>('agents')
  const filter = route.value.query.state
  const shown = filter === undefined ? rows : rows.filter(({ state }) => STATES[state].look === filter)
  return (
    <>
      <div class="head">
        <h1>{say('agents')}</h1>
        <button
          type="button"
          class="button"
          data-command="table"
          aria-pressed={asList.value}
          onClick={() => {
            asList.value = !asList.value
          }}
        >
          <Icon name={asList.value ? 'cards' : 'table'} />
          {say(asList.value ? 'asTiles' : 'asList')}
        </button>
      </div>
      <div class="filters">
        <button
          type="button"
          class="chip"
          aria-pressed={filter === undefined}
          onClick={() => choose({ state: undefined })}
        >
          {say('all')} <strong>{rows.length}</strong>
        </button>
        {ORDER.map((state) => {
          const { look, icon } = STATES[state]
          const count = rows.filter((row) => row.state === state).length
          return (
            <button
              key={look}
              type="button"
              class={`chip chip-${look}`}
              aria-pressed={filter === look}
              onClick={() => choose({ state: filter === look ? undefined : look })}
            >
              <Icon name={icon} />
              {stateWord(state)} <strong>{count}</strong>
            </button>
          )
        })}
      </div>
      {shown.length === 0 && <Nothing>{say(truthOfAll('queues').type === 'unknown' ? 'loading' : 'noAgents')}</Nothing>}
      {shown.length > 0 && (asList.value ? <AgentTable rows={shown} /> : <Tiles rows={shown} />)}
    </>
  )
}

function byState(one: AgentRow, other: AgentRow): number {
  const order = ORDER.indexOf(one.state) - ORDER.indexOf(other.state)
  return order || (one.since ?? 0) - (other.since ?? 0) || (one.key < other.key ? -1 : 1)
}

function Tiles({ rows }: { rows: readonly AgentRow[] }): JSX.Element {
  const { rows: placed, held, isGone } = useSettled(rows.toSorted(byState), route.value.query.state)
  return (
    <section class="tiles" ref={held as RefObject<HTMLElement>} aria-label={say('agents')}>
      {placed.map((row) => (
        <Tile key={row.key} row={row} isGone={isGone(row)} />
      ))}
    </section>
  )
}

function Tile({ row, isGone }: { row: AgentRow; isGone: boolean }): JSX.Element {
  const truth = truthAt(row.server, 'queues')
  const isOpen = route.value.query.open === row.key
  return (
    <article
      class={`tile tile-${STATES[row.state].look}${isOpen ? ' opened' : ''}${oldClass(truth)}`}
      data-row={row.key}
      tabIndex={-1}
      inert={isGone}
    >
      <div class="fade">
        <p class="who-line">
          <Name>{row.name}</Name>
          {row.spied && <Icon name="ear" />}
          <button
            type="button"
            class="tool open-button"
            data-open
            aria-expanded={isOpen}
            aria-label={say(isOpen ? 'closeCard' : 'openCard', { name: row.name.slice(0, 60) })}
            onClick={() => choose({ open: isOpen ? undefined : row.key })}
          >
            <Icon name={isOpen ? 'close' : 'open'} />
          </button>
        </p>
        <p class="state-line">
          <StateMark state={row.state} />
          <span class="number">
            {row.state === 'wrap-up' && row.wrapUpUntil !== null && truth.type === 'live' ? (
              <Until at={row.wrapUpUntil} truth={truth} />
            ) : (
              <Age since={row.since} truth={truth} />
            )}
          </span>
        </p>
        <p class="more-line small soft">
          <Doing row={row} />
        </p>
      </div>
      <AsOf truth={truth} />
      {isOpen && <AgentMore row={row} old={truth.type !== 'live'} />}
    </article>
  )
}

function Doing({ row }: { row: AgentRow }): JSX.Element {
  if (row.state === 'paused') return <Name>{row.reason}</Name>
  if (row.withNumber !== null || row.withName !== null) {
    return (
      <>
        <Name>{row.withName ?? row.withNumber}</Name>
        {row.queue !== null && (
          <>
            {' · '}
            <Name>{row.queue}</Name>
          </>
        )}
      </>
    )
  }
  return <Name>{row.memberships.map(({ queue }) => queue).join(', ')}</Name>
}

function AgentMore({ row, old }: { row: AgentRow; old: boolean }): JSX.Element {
  return (
    <div class="more">
      <ServerTag server={row.server} />
      <ul class="small">
        {row.memberships.map(({ key, queue, penalty, calls }) => (
          <li key={key}>
            <Name>{queue}</Name> <span class="soft">{say('callsOf', { count: calls })}</span>
            {penalty > 0 && <span class="tag">{say('penaltyOf', { value: penalty })}</span>}
          </li>
        ))}
      </ul>
      {row.call !== null && (
        <button type="button" class="button" onClick={() => goTo('calls', { open: row.call ?? '' })}>
          <Icon name="calls" />
          {say('legsOf')}
        </button>
      )}
      <AgentActions row={row} old={old} words />
    </div>
  )
}

function AgentActions({ row, old, words = false }: { row: AgentRow; old: boolean; words?: boolean }): JSX.Element {
  const inCall = row.call !== null && row.state !== 'ringing'
  const has = new Set(row.memberships.map(({ queue }) => queue))
  const queues = [
    ...new Set(
      rowsOf<AgentRow>('agents')
        .filter(({ server }) => server === row.server)
        .flatMap(({ memberships }) => memberships.map(({ queue }) => queue)),
    ),
  ]
  const others = queues.filter((queue) => !has.has(queue)).toSorted()
  return (
    <Actions
      row={row}
      verbs={[
        row.state === 'paused' ? 'unpause' : 'pause',
        ...(others.length > 0 ? (['login'] as const) : []),
        ...(inCall ? (['listen', 'whisper', 'barge'] as const) : []),
      ]}
      queues={others}
      of={row.name}
      words={words}
      old={old}
    />
  )
}

function AgentTable({ rows }: { rows: readonly AgentRow[] }): JSX.Element {
  return (
    <SortedTable
      label={say('agents')}
      columns={columnsOf()}
      rows={rows.toSorted(byState)}
      chosenBy={route.value.query.state}
      classOf={({ server }) => `fade${oldClass(truthAt(server, 'queues'))}`}
    />
  )
}

function columnsOf(): Column<AgentRow>[] {
  const truth = (row: AgentRow) => truthAt(row.server, 'queues')
  return [
    { name: 'name', title: say('name'), by: ({ name }) => name, show: ({ name }) => <Name>{name}</Name> },
    {
      name: 'state',
      title: say('state'),
      by: ({ state }) => ORDER.indexOf(state),
      show: (row) => (
        <>
          <MemberState row={row} truth={truth(row)} />
          <AsOf truth={truth(row)} />
        </>
      ),
    },
    {
      name: 'since',
      title: say('since'),
      number: true,
      by: ({ since }) => (since === null ? null : -since),
      show: (row) => <Age since={row.since} truth={truth(row)} />,
    },
    {
      name: 'with',
      title: say('talksTo'),
      by: ({ withName, withNumber }) => withName ?? withNumber,
      show: ({ withName, withNumber }) => <Who name={withName} number={withNumber} />,
    },
    {
      name: 'queues',
      title: say('queues'),
      show: ({ memberships }) => (
        <Name>
          {memberships.map(({ queue, penalty }) => (penalty > 0 ? `${queue} (${penalty})` : queue)).join(', ')}
        </Name>
      ),
    },
    { name: 'calls', title: say('callsTaken'), number: true, by: ({ calls }) => calls, show: ({ calls }) => calls },
    {
      name: 'last',
      title: say('lastCall'),
      by: ({ lastCallAt }) => lastCallAt,
      show: ({ lastCallAt }) => <At at={lastCallAt} />,
    },
    { name: 'device', title: say('device'), by: ({ device }) => device, show: ({ device }) => <Name>{device}</Name> },
    {
      name: 'loggedIn',
      title: say('loggedIn'),
      by: ({ loggedInAt }) => loggedInAt,
      show: ({ loggedInAt }) => <At at={loggedInAt} />,
    },
    {
      name: 'actions',
      title: say('actions'),
      show: (row) => <AgentActions row={row} old={truth(row).type !== 'live'} />,
    },
  ]
}
