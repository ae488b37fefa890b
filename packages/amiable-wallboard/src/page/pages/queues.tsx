// The start page: how the queues do, one card or one line each.
import type { JSX } from 'preact'
import type { FiguresRow, QueueRow } from '../../protocol/rows.ts'
import { now } from '../clock.ts'
import { numberOf, percentOf, spanOf } from '../format.ts'
import { language, say } from '../languages/language.ts'
import { Actions } from '../parts/actions.tsx'
import { MemberBar, Ring, Spark } from '../parts/figures.tsx'
import { Icon } from '../parts/icon.tsx'
import type { Column } from '../parts/order.ts'
import { useSettled } from '../parts/settled.ts'
import { SortedTable } from '../parts/table.tsx'
import { Age, AsOf, LevelMark, levelClass, Name, Nothing, oldClass, truthText } from '../parts/text.tsx'
import { choose, route } from '../router.ts'
import type { Truth } from '../store/freshness.ts'
import { asTable } from '../store/settings.ts'
import { me, rowsOf, truthAt, truthOfAll } from '../store/wallboard.ts'
import { OpenQueue } from './open-queue.tsx'

const RANK = { alarm: 2, warning: 1 } as const

/** Shows the queues. */
export function Queues(): JSX.Element {
  const rows = rowsOf<QueueRow>('queues')
  const open = route.value.query.open
  const opened = rows.find(({ key }) => key === open)
  return (
    <>
      <div class="head">
        <h1>{say('queues')}</h1>
        <WindowChoice />
        <button
          type="button"
          class="button"
          data-command="table"
          aria-pressed={asTable.value}
          onClick={() => {
            asTable.value = !asTable.value
          }}
        >
          <Icon name={asTable.value ? 'cards' : 'table'} />
          {say(asTable.value ? 'asCards' : 'asTable')}
        </button>
      </div>
      <Figures />
      {opened && <OpenQueue key={opened.key} queue={opened} />}
      {rows.length === 0 && <Nothing>{say(truthOfAll('queues').type === 'unknown' ? 'loading' : 'noQueues')}</Nothing>}
      {rows.length > 0 && (asTable.value ? <QueueTable rows={rows} /> : <Cards rows={rows} />)}
    </>
  )
}

function WindowChoice(): JSX.Element | null {
  const windows = me.value?.site.windows ?? []
  if (windows.length < 2) return null
  const chosen = route.value.query.window ?? windows[0]
  return (
    <span class="choice">
      {windows.map((one) => (
        <button
          key={one}
          type="button"
          class="chip"
          aria-pressed={one === chosen}
          onClick={() => choose({ window: one })}
        >
          {windowWord(one)}
        </button>
      ))}
    </span>
  )
}

function windowWord(window: string | undefined): string {
  return window === 'today' ? say('today') : say('within', { minutes: window ?? '' })
}

function Figures(): JSX.Element | null {
  const [figures] = rowsOf<FiguresRow>('figures')
  if (figures === undefined) return null
  const truth = truthOfAll('queues')
  return (
    <dl class={`figures fade${oldClass(truth)}`} tabIndex={0}>
      <Figure title={say('waitingNow')} truth={truth} level={figures.waitingLevel}>
        {numberOf(figures.waiting, language.value)}
      </Figure>
      <Figure title={say('longestWait')} truth={truth} level={figures.longestLevel}>
        <Age since={figures.longestSince} truth={truth} />
      </Figure>
      <Figure title={say('inLevel')} truth={truth} level={figures.inLevelLevel}>
        {figures.inLevel === null ? '–' : percentOf(figures.inLevel, 100, language.value)}
      </Figure>
      <Figure title={say('abandoned')} truth={truth} level={null}>
        {numberOf(figures.abandoned, language.value)}{' '}
        <small>{percentOf(figures.abandoned, figures.offered, language.value)}</small>
      </Figure>
      <Figure title={say('agentsReady')} truth={truth} level={null}>
        {numberOf(figures.ready, language.value)} <small>{say('ofLoggedIn', { count: figures.loggedIn })}</small>
      </Figure>
    </dl>
  )
}

interface FigureProps {
  readonly title: string
  readonly truth: Truth
  readonly level: QueueRow['waitingLevel']
  readonly children: preact.ComponentChildren
}

function Figure({ title, truth, level, children }: FigureProps): JSX.Element {
  return (
    <div>
      <dt>{title}</dt>
      <dd class={levelClass(level)}>
        {children} <LevelMark level={level} />
      </dd>
      {truth.type !== 'live' && <dd class="as-of">{truthText(truth)}</dd>}
    </div>
  )
}

/** The worst first, then by name. */
function bySeverity(one: QueueRow, other: QueueRow): number {
  const rank = (row: QueueRow) => Math.max(...levelsOf(row).map((level) => (level === null ? 0 : RANK[level])))
  return rank(other) - rank(one) || one.name.localeCompare(other.name, undefined, { numeric: true })
}

function levelsOf({ waitingLevel, longestLevel, inLevelLevel }: QueueRow): QueueRow['waitingLevel'][] {
  return [waitingLevel, longestLevel, inLevelLevel]
}

function worstLevel(row: QueueRow): QueueRow['waitingLevel'] {
  const levels = levelsOf(row)
  return levels.includes('alarm') ? 'alarm' : levels.includes('warning') ? 'warning' : null
}

function Cards({ rows }: { rows: readonly QueueRow[] }): JSX.Element {
  const { rows: placed, held, isGone } = useSettled(rows.toSorted(bySeverity))
  return (
    <section class="grid" ref={held as preact.RefObject<HTMLElement>} aria-label={say('queues')}>
      {placed.map((row) => (
        <Card key={row.key} row={row} isGone={isGone(row)} />
      ))}
    </section>
  )
}

function Card({ row, isGone }: { row: QueueRow; isGone: boolean }): JSX.Element {
  const truth = truthAt(row.server, 'queues')
  const level = truth.type === 'live' ? worstLevel(row) : null
  const isOpen = route.value.query.open === row.key
  const kind = level === 'alarm' ? ' alarm' : level === 'warning' ? ' warn' : ''
  return (
    <article class={`card queue-card${kind}${oldClass(truth)}`} data-row={row.key} tabIndex={-1} inert={isGone}>
      <header>
        <h2>
          <Name>{row.name}</Name>
        </h2>
        <ServerTag server={row.server} />
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
      </header>
      <AsOf truth={truth} />
      <div class="fade body">
        <p class={`big ${levelClass(level === null ? null : row.waitingLevel)}`}>
          <strong>{numberOf(row.waiting, language.value)}</strong>
          <span>
            <span class="word">{say('waitingWord')}</span>
            {row.longestSince !== null && (
              <span class={levelClass(level === null ? null : row.longestLevel)}>
                <Age since={row.longestSince} truth={truth} /> {say('longest')}
              </span>
            )}
            <LevelMark level={level} />
          </span>
        </p>
        {row.serviceLevel > 0 && (
          <div class="level">
            <Ring percent={row.inLevel} level={level === null ? null : row.inLevelLevel} label={say('inLevel')} />
            <span class="small soft" aria-hidden="true">
              % ≤ {row.serviceLevel} s
            </span>
          </div>
        )}
        <MemberBar counts={row} />
        <Spark history={[...row.history, row.waiting]} label={say('waitingHour')} />
      </div>
    </article>
  )
}

/** Names the server of a row, where there is more than one. */
export function ServerTag({ server }: { server: string }): JSX.Element | null {
  if (rowsOf('servers').length < 2) return null
  return <Name class="tag">{server}</Name>
}

function QueueTable({ rows }: { rows: readonly QueueRow[] }): JSX.Element {
  return (
    <SortedTable
      label={say('queues')}
      columns={columnsOf()}
      rows={rows}
      initial={{ by: 'waiting', down: true }}
      classOf={({ server }) => `fade${oldClass(truthAt(server, 'queues'))}`}
      isDense
    />
  )
}

function columnsOf(): Column<QueueRow>[] {
  const truth = (row: QueueRow) => truthAt(row.server, 'queues')
  const count = (name: keyof QueueRow, title: string): Column<QueueRow> => ({
    name,
    title,
    number: true,
    by: (row) => row[name] as number,
    show: (row) => numberOf(row[name] as number, language.value),
  })
  return [
    {
      name: 'name',
      title: say('queue'),
      by: ({ name }) => name,
      show: (row) => (
        <button type="button" class="link" data-open onClick={() => choose({ open: toggled(row.key) })}>
          <Name>{row.name}</Name>
        </button>
      ),
    },
    {
      name: 'server',
      title: say('server'),
      by: ({ server }) => server,
      show: (row) => (truth(row).type === 'live' ? <Name>{row.server}</Name> : <AsOf truth={truth(row)} />),
    },
    {
      name: 'waiting',
      title: say('waiting'),
      number: true,
      by: ({ waiting }) => waiting,
      show: ({ waiting, waitingLevel }) => (
        <strong class={levelClass(waitingLevel)}>
          <LevelMark level={waitingLevel} /> {waiting}
        </strong>
      ),
    },
    {
      name: 'longest',
      title: say('longestWait'),
      number: true,
      by: ({ longestSince }) => (longestSince === null ? null : now.peek() - longestSince),
      show: (row) => (
        <span class={levelClass(row.longestLevel)}>
          <Age since={row.longestSince} truth={truth(row)} />
        </span>
      ),
    },
    {
      name: 'level',
      title: say('level'),
      number: true,
      by: ({ inLevel }) => inLevel,
      show: ({ inLevel, inLevelLevel }) => (
        <span class={levelClass(inLevelLevel)}>{inLevel === null ? '–' : percentOf(inLevel, 100, language.value)}</span>
      ),
    },
    count('answered', say('answered')),
    count('abandoned', say('abandoned')),
    {
      name: 'averageWait',
      title: say('averageWait'),
      number: true,
      by: ({ averageWait }) => averageWait,
      show: ({ averageWait }) => spanOf(averageWait * 1000),
    },
    { name: 'bar', title: say('members'), show: (row) => <MemberBar counts={row} legend={false} /> },
    count('ready', say('state_ready')),
    count('inCall', say('state_busy')),
    count('paused', say('state_paused')),
    {
      name: 'actions',
      title: say('actions'),
      show: (row) => <Actions row={row} verbs={['resetStatistics']} of={row.name} old={truth(row).type !== 'live'} />,
    },
  ]
}

function toggled(key: string): string | undefined {
  return route.value.query.open === key ? undefined : key
}
