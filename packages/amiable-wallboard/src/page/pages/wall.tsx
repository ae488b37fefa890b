// A big screen: no chrome, a grid of tiles, letters that are read at eight metres. What it shows stays when the link is
// lost, and says so.
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { BoardRow, Tile } from '../../protocol/board.ts'
import type { Me } from '../../protocol/person.ts'
import type { AgentRow, CallerRow, FiguresRow, Level, QueueRow, ServerRow } from '../../protocol/rows.ts'
import { now } from '../clock.ts'
import { numberOf, percentOf, plainOf, timeOf } from '../format.ts'
import { language, say } from '../languages/language.ts'
import { Chart } from '../parts/chart.tsx'
import { MemberBar } from '../parts/figures.tsx'
import { Icon } from '../parts/icon.tsx'
import { Age, AsOf, LevelMark, levelClass, Name, Nothing, oldClass, STATES, stateWord } from '../parts/text.tsx'
import { read } from '../store/api.ts'
import { type Truth, truthOf } from '../store/freshness.ts'
import { me, refusedWith, rowsOf, silentSince, truthAt, truthOfAll, user, watch } from '../store/wallboard.ts'

/** Shows a board. */
export function Wall({ name }: { name: string }): JSX.Element {
  const who = user.value?.name
  const [turn, setTurn] = useState(name)
  useEffect(() => watch({ page: 'board', board: turn }), [turn, who])
  useEffect(keepAwake, [])
  useEffect(reloadAfterUpgrade, [])
  const [board] = rowsOf<BoardRow>('boards')
  useEffect(() => rotate(board, setTurn), [board?.name, board?.seconds, board?.rotation.join()])
  if (refusedWith.value !== undefined) return <Nothing>{say('boardMissing')}</Nothing>
  if (board === undefined) return <Nothing>{say('loading')}</Nothing>
  return (
    <main class="wall" id="main" aria-label={board.title}>
      <h1 class="unseen">{board.title}</h1>
      <WallBand />
      <div class="wall-grid">
        {board.tiles.map((tile) => (
          <section
            key={`${board.name} ${tile.key}`}
            class={`wall-tile of-${tile.type}`}
            style={{
              gridColumn: `${tile.x + 1} / span ${tile.w}`,
              gridRow: `${tile.y + 1} / span ${tile.h}`,
            }}
          >
            <TileBody tile={tile} />
          </section>
        ))}
      </div>
    </main>
  )
}

function WallBand(): JSX.Element | null {
  const silent = silentSince.value
  const old = rowsOf<ServerRow>('servers').filter((row) => truthOf(row, undefined, undefined).type === 'old')
  if (silent === undefined && old.length === 0) return null
  const time = (at: number) => timeOf(at, language.value, now.peek())
  return (
    <p class="band wall-band" role="alert">
      <Icon name="warn" />
      {silent !== undefined
        ? say('offlineBand', { time: time(silent) })
        : old.map(({ name, asOf }) => say('staleBand', { server: plainOf(name), time: time(asOf ?? 0) })).join(' ')}
    </p>
  )
}

function TileBody({ tile }: { tile: Tile }): JSX.Element {
  switch (tile.type) {
    case 'figure':
      return <FigureTile tile={tile} />
    case 'queue':
      return <QueueTile tile={tile} />
    case 'agents':
      return <AgentsTile tile={tile} />
    case 'callers':
      return <CallersTile tile={tile} />
    case 'chart':
      return <ChartTile tile={tile} />
    case 'clock':
      return <ClockTile tile={tile} />
    case 'text':
      return (
        <>
          <Title>{tile.title}</Title>
          <p class="wall-text">{plainOf(tile.text)}</p>
        </>
      )
  }
}

interface TitleProps {
  readonly children: string | null
  readonly truth?: Truth
  /** How many there are, where a tile may have no room for all. */
  readonly count?: number
}

function Title({ children, truth, count }: TitleProps): JSX.Element {
  return (
    <h2 class="wall-title">
      <Name>{children}</Name>
      {count !== undefined && <span class="soft">{numberOf(count, language.value)}</span>}
      {truth !== undefined && <AsOf truth={truth} />}
    </h2>
  )
}

interface Of<T extends Tile['type']> {
  readonly tile: Extract<Tile, { readonly type: T }>
}
type OfQueues = { readonly tile: Extract<Tile, { readonly type: 'agents' | 'callers' | 'chart' }> }

const FIGURES = {
  waiting: 'waitingNow',
  longest: 'longestWait',
  inLevel: 'inLevel',
  abandoned: 'abandoned',
  answered: 'answered',
  ready: 'agentsReady',
  loggedIn: 'loggedIn',
  inCall: 'state_busy',
} as const

function FigureTile({ tile }: Of<'figure'>): JSX.Element {
  const truth = truthOfAll('queues')
  const row = rowsOf<FiguresRow>('figures').find(({ key }) => key === tile.key)
  const level = row === undefined || truth.type !== 'live' ? null : levelOf(row, tile.figure)
  return (
    <div class={`wall-body${level === null ? '' : ` wall-${level}`}${oldClass(truth)}`}>
      <Title truth={truth}>{tile.title ?? say(FIGURES[tile.figure])}</Title>
      <p class={`wall-number fade ${levelClass(level)}`}>
        <LevelMark level={level} />
        {row === undefined ? '–' : <Value row={row} figure={tile.figure} truth={truth} />}
      </p>
    </div>
  )
}

function levelOf(row: FiguresRow, figure: Of<'figure'>['tile']['figure']): Level | null {
  if (figure === 'waiting') return row.waitingLevel
  if (figure === 'longest') return row.longestLevel
  return figure === 'inLevel' ? row.inLevelLevel : null
}

function Value({
  row,
  figure,
  truth,
}: {
  row: FiguresRow
  figure: Of<'figure'>['tile']['figure']
  truth: Truth
}): JSX.Element {
  if (figure === 'longest') return <Age since={row.longestSince} truth={truth} />
  if (figure === 'inLevel') return <>{row.inLevel === null ? '–' : percentOf(row.inLevel, 100, language.value)}</>
  return <>{numberOf(row[figure], language.value)}</>
}

function QueueTile({ tile }: Of<'queue'>): JSX.Element {
  const rows = rowsOf<QueueRow>('queues').filter(({ name }) => name.toLowerCase() === tile.queue.toLowerCase())
  const [row] = rows
  if (row === undefined) return <Title>{tile.title ?? tile.queue}</Title>
  const truth = truthAt(row.server, 'queues')
  const isLive = truth.type === 'live'
  const levels = [row.waitingLevel, row.longestLevel]
  const level = !isLive ? null : levels.includes('alarm') ? 'alarm' : levels.includes('warning') ? 'warning' : null
  return (
    <div class={`wall-body${level === null ? '' : ` wall-${level}`}${oldClass(truth)}`}>
      <Title truth={truth}>{tile.title ?? row.name}</Title>
      <div class="fade wall-queue-body">
        <p class={`wall-number ${levelClass(level)}`}>
          <LevelMark level={level} />
          {numberOf(row.waiting, language.value)}
        </p>
        <p class="wall-side">
          <span class="soft">{say('longest')}</span>
          <strong>
            <Age since={row.longestSince} truth={truth} />
          </strong>
          <span class="soft">{say('inLevel')}</span>
          <strong>{row.inLevel === null ? '–' : percentOf(row.inLevel, 100, language.value)}</strong>
        </p>
        <MemberBar counts={row} />
      </div>
    </div>
  )
}

const ORDER = Object.keys(STATES)

// no screen has room for more, and each of them is drawn
const MOST_AGENTS = 250

function AgentsTile({ tile }: OfQueues): JSX.Element {
  const wanted = tile.queues.map((name) => name.toLowerCase())
  const rows = rowsOf<AgentRow>('agents')
    .filter(
      ({ memberships }) => wanted.length === 0 || memberships.some(({ queue }) => wanted.includes(queue.toLowerCase())),
    )
    .toSorted(
      (one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || one.name.localeCompare(other.name),
    )
  return (
    <>
      <Title count={rows.length}>{tile.title ?? say('agents')}</Title>
      <ul class="wall-agents">
        {rows.slice(0, MOST_AGENTS).map((row) => {
          const truth = truthAt(row.server, 'queues')
          const { look, icon } = STATES[row.state]
          return (
            <li key={row.key} class={`wall-agent tile-${look}${oldClass(truth)}`}>
              <span class={`fade state state-${look}`} title={stateWord(row.state)}>
                <Icon name={icon} />
                <Name>{row.name}</Name>
                <span class="unseen">{stateWord(row.state)}</span>
              </span>
              <span class="fade number">
                <Age since={row.since} truth={truth} />
              </span>
            </li>
          )
        })}
      </ul>
    </>
  )
}

function CallersTile({ tile }: OfQueues): JSX.Element {
  const wanted = tile.queues.map((name) => name.toLowerCase())
  const rows = rowsOf<CallerRow>('callers')
    .filter(({ queue }) => wanted.length === 0 || wanted.includes(queue.toLowerCase()))
    .toSorted((one, other) => one.joinedAt - other.joinedAt)
  return (
    <>
      <Title count={rows.length}>{tile.title ?? say('longestWaits')}</Title>
      {rows.length === 0 && <p class="soft">{say('noCallers')}</p>}
      <ol class="wall-callers">
        {rows.slice(0, 12).map((row) => {
          const truth = truthAt(row.server, 'queues')
          return (
            <li key={row.key} class={`fade${oldClass(truth)}`}>
              <strong>
                <Age since={row.joinedAt} truth={truth} />
              </strong>
              <Name>{row.name ?? row.number}</Name>
              <Name class="soft">{row.queue}</Name>
            </li>
          )
        })}
      </ol>
    </>
  )
}

function ChartTile({ tile }: OfQueues): JSX.Element {
  const wanted = tile.queues.map((name) => name.toLowerCase())
  const rows = rowsOf<QueueRow>('queues').filter(
    ({ name }) => wanted.length === 0 || wanted.includes(name.toLowerCase()),
  )
  const truth = truthOfAll('queues')
  const length = Math.max(0, ...rows.map(({ history }) => history.length))
  const values = Array.from({ length }, (_, at) =>
    rows.reduce((sum, { history }) => sum + (history[at - (length - history.length)] ?? 0), 0),
  )
  const title = tile.title ?? say('waitingHour')
  return (
    <div class={`wall-body${oldClass(truth)}`}>
      <Title truth={truth}>{title}</Title>
      <div class="fade wall-chart">
        <Chart height="fill" label={title} until={now.peek()} series={[{ label: title, values, colour: '--accent' }]} />
      </div>
    </div>
  )
}

function ClockTile({ tile }: Of<'clock'>): JSX.Element {
  const options = {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(tile.zone && { timeZone: tile.zone }),
  } as const
  const day = { weekday: 'long', day: 'numeric', month: 'long', ...(tile.zone && { timeZone: tile.zone }) } as const
  return (
    <>
      <Title>{tile.title ?? new Intl.DateTimeFormat(language.value, day).format(now.value)}</Title>
      <p class="wall-number">
        <time>{new Intl.DateTimeFormat(language.value, options).format(now.value)}</time>
      </p>
    </>
  )
}

/** Keeps the screen awake, again each time that the page is shown. */
function keepAwake(): () => void {
  const lock = () => {
    if (document.visibilityState === 'visible') void navigator.wakeLock?.request('screen').catch(() => undefined)
  }
  lock()
  document.addEventListener('visibilitychange', lock)
  return () => document.removeEventListener('visibilitychange', lock)
}

const UPGRADE = 60_000

/** Loads the page again when the server has become another version. */
function reloadAfterUpgrade(): () => void {
  const timer = setInterval(() => {
    void read<Me>('/api/me').then(
      ({ site }) => {
        if (site.version !== me.peek()?.site.version) location.reload()
      },
      () => undefined,
    )
  }, UPGRADE)
  return () => clearInterval(timer)
}

/**
 * Goes to the next board of a rotation. The page stays: one that is fetched while the server is away is the browser's own
 * or a proxy's, and never comes back. So does what is shown, until there is the next board.
 */
function rotate(board: BoardRow | undefined, show: (name: string) => void): (() => void) | undefined {
  const next = board?.rotation.find((name) => name !== board.name)
  if (board === undefined || next === undefined) return undefined
  const timer = setTimeout(() => {
    const name = nextOf(board)
    history.replaceState(null, '', `/wall/${encodeURIComponent(name)}${location.search}`)
    show(name)
  }, board.seconds * 1_000)
  return () => clearTimeout(timer)
}

/** Returns the board after this one: the rotation is the same on each of its boards. */
function nextOf({ name, rotation }: Pick<BoardRow, 'name' | 'rotation'>): string {
  return rotation[(rotation.indexOf(name) + 1) % rotation.length] ?? name
}
