// Endpoints and registrations: what is reachable, and how well.
import type { JSX } from 'preact'
import type { EndpointRow, TrunkRow } from '../../protocol/call-rows.ts'
import { now } from '../clock.ts'
import { numberOf } from '../format.ts'
import { language, say } from '../languages/language.ts'
import { Chart } from '../parts/chart.tsx'
import { Spark } from '../parts/figures.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import type { Column } from '../parts/order.ts'
import { SortedTable } from '../parts/table.tsx'
import { AsOf, Name, Nothing, oldClass } from '../parts/text.tsx'
import { rowsOf, truthAt, truthOfAll } from '../store/wallboard.ts'
import { ServerTag } from './queues.tsx'

/** Shows the lines. */
export function Lines(): JSX.Element {
  const trunks = rowsOf<TrunkRow>('trunks')
  const endpoints = rowsOf<EndpointRow>('endpoints')
  const isUnknown = truthOfAll('endpoints').type === 'unknown'
  return (
    <>
      <div class="head">
        <h1>{say('lines')}</h1>
      </div>
      <h2>{say('trunks')}</h2>
      {trunks.length === 0 && <Nothing>{say(isUnknown ? 'loading' : 'noTrunks')}</Nothing>}
      <section class="grid trunks" aria-label={say('trunks')}>
        {trunks
          .toSorted((one, other) => Number(one.up) - Number(other.up) || one.name.localeCompare(other.name))
          .map((row) => (
            <Trunk key={row.key} row={row} />
          ))}
      </section>
      <h2>
        {say('endpoints')} <span class="soft">{endpoints.length}</span>
      </h2>
      {endpoints.length === 0 && <Nothing>{say(isUnknown ? 'loading' : 'noEndpoints')}</Nothing>}
      {endpoints.length > 0 && <Endpoints rows={endpoints} />}
    </>
  )
}

function Trunk({ row }: { row: TrunkRow }): JSX.Element {
  const truth = truthAt(row.server, 'trunks')
  const isDown = !row.up && truth.type === 'live'
  return (
    <article class={`card trunk${isDown ? ' alarm' : ''}${oldClass(truth)}`} data-row={row.key} tabIndex={-1}>
      <header>
        <h3>
          <Name>{row.name}</Name>
        </h3>
        <ServerTag server={row.server} />
      </header>
      <AsOf truth={truth} />
      <div class="fade">
        <p class="trunk-line">
          <span class={`state ${isDown ? 'level-alarm' : row.up ? 'state-ready' : 'state-away'}`}>
            <Icon name={row.up ? 'check' : 'alarm'} />
            <Name>{row.status ?? say(row.up ? 'reachable' : 'unreachable')}</Name>
          </span>
          <Name class="soft small">{row.remote}</Name>
        </p>
        <p class="trunk-use">
          <strong>{numberOf(row.incoming + row.outgoing, language.value)}</strong>{' '}
          <span class="soft">
            {say('inUse')} · {row.incoming} {say('incoming')} · {row.outgoing} {say('outgoing')}
          </span>
        </p>
        <Chart
          height={110}
          label={`${say('inUseOverTime')}: ${row.name.slice(0, 60)}`}
          until={now.peek()}
          series={[
            { label: say('incoming'), values: [...row.incomingHistory, row.incoming], colour: '--busy-fill' },
            { label: say('outgoing'), values: [...row.outgoingHistory, row.outgoing], colour: '--paused-fill' },
          ]}
        />
        <p class="legend small soft">
          <span>
            <i class="swatch fill-busy" /> {say('incoming')}
          </span>
          <span>
            <i class="swatch fill-out" /> {say('outgoing')}
          </span>
        </p>
        <p class="small soft">{row.failures.length === 0 ? say('noFailures') : say('failuresHour')}</p>
        <ul class="small failures">
          {row.failures.slice(0, 4).map(({ cause, text, count }) => (
            <li key={cause}>
              <strong>{count}</strong> <Name>{text}</Name> <span class="soft">({cause})</span>
            </li>
          ))}
        </ul>
      </div>
    </article>
  )
}

const DEVICES: Readonly<Record<string, { readonly icon: IconName; readonly look: string }>> = {
  notInUse: { icon: 'check', look: 'ready' },
  inUse: { icon: 'calls', look: 'busy' },
  busy: { icon: 'calls', look: 'busy' },
  ringing: { icon: 'ringing', look: 'ringing' },
  ringInUse: { icon: 'ringing', look: 'ringing' },
  onHold: { icon: 'held', look: 'wrap' },
  unavailable: { icon: 'away', look: 'away' },
  invalid: { icon: 'away', look: 'away' },
  unknown: { icon: 'away', look: 'away' },
}

/** Shows the state of a device: Asterisk's, in the words of the page. */
export function DeviceMark({ state }: { state: string }): JSX.Element {
  const { icon, look } = DEVICES[state] ?? { icon: 'away', look: 'away' }
  const word = Object.hasOwn(DEVICES, state) ? say(`device_${state}` as 'device_inUse') : state
  return (
    <span class={`state state-${look}`}>
      <Icon name={icon} />
      <Name>{word}</Name>
    </span>
  )
}

function Endpoints({ rows }: { rows: readonly EndpointRow[] }): JSX.Element {
  return (
    <SortedTable
      label={say('endpoints')}
      columns={columnsOf()}
      rows={rows}
      initial={{ by: 'name', down: false }}
      classOf={({ server }) => `fade${oldClass(truthAt(server, 'endpoints'))}`}
    />
  )
}

function columnsOf(): Column<EndpointRow>[] {
  const truth = (row: EndpointRow) => truthAt(row.server, 'endpoints')
  return [
    { name: 'name', title: say('endpoint'), by: ({ name }) => name, show: ({ name }) => <Name>{name}</Name> },
    {
      name: 'state',
      title: say('state'),
      by: ({ state }) => state,
      show: (row) => (
        <>
          <DeviceMark state={row.state} /> <AsOf truth={truth(row)} />
        </>
      ),
    },
    {
      name: 'via',
      title: say('registeredFrom'),
      by: ({ via }) => via,
      show: ({ via }) => (via === null ? <span class="soft">–</span> : <Name>{via}</Name>),
    },
    {
      name: 'agent',
      title: say('userAgent'),
      by: ({ userAgent }) => userAgent,
      show: ({ userAgent }) => <Name>{userAgent}</Name>,
    },
    {
      name: 'trip',
      title: say('roundTrip'),
      number: true,
      by: ({ roundTrip }) => roundTrip,
      show: ({ roundTrip, roundTrips, name }) => (
        <span class="trip">
          {roundTrips.length > 1 && <Spark history={roundTrips} label={`${say('roundTrip')}: ${name.slice(0, 60)}`} />}
          {roundTrip === null
            ? '–'
            : say('milliseconds', { value: numberOf(roundTrip, language.value, { maximumFractionDigits: 0 }) })}
        </span>
      ),
    },
    { name: 'calls', title: say('activeCalls'), number: true, by: ({ calls }) => calls, show: ({ calls }) => calls },
    {
      name: 'hint',
      title: say('hint'),
      by: ({ hint }) => hint,
      show: ({ hint, hintState }) => (
        <Name>{hint === null ? null : hintState === null ? hint : `${hint}: ${hintState}`}</Name>
      ),
    },
    { name: 'server', title: say('server'), by: ({ server }) => server, show: ({ server }) => <Name>{server}</Name> },
  ]
}
