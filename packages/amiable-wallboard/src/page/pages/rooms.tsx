// Conferences as cards, and parking lots as shelves.
import type { JSX, RefObject } from 'preact'
import type { ParkedRow, PartyRow, RoomRow } from '../../protocol/call-rows.ts'
import { now } from '../clock.ts'
import { say } from '../languages/language.ts'
import { Actions } from '../parts/actions.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSettled } from '../parts/settled.ts'
import { Age, AsOf, Name, Nothing, oldClass, Until, Who } from '../parts/text.tsx'
import { rowsOf, truthAt, truthOfAll } from '../store/wallboard.ts'
import { ServerTag } from './queues.tsx'

/** Shows the conferences and what is parked. */
export function Rooms(): JSX.Element {
  const rooms = rowsOf<RoomRow>('rooms').toSorted((one, other) =>
    one.name.localeCompare(other.name, undefined, { numeric: true }),
  )
  const parked = rowsOf<ParkedRow>('parked')
  const lots = new Map<string, ParkedRow[]>()
  for (const row of parked) {
    const key = JSON.stringify([row.server, row.lot])
    lots.set(key, [...(lots.get(key) ?? []), row])
  }
  return (
    <>
      <div class="head">
        <h1>{say('rooms')}</h1>
      </div>
      <h2>{say('conferences')}</h2>
      {rooms.length === 0 && <Nothing>{say(truthOfAll('rooms').type === 'unknown' ? 'loading' : 'noRooms')}</Nothing>}
      <section class="grid" aria-label={say('conferences')}>
        {rooms.map((row) => (
          <Room key={row.key} row={row} />
        ))}
      </section>
      <h2>{say('parking')}</h2>
      {parked.length === 0 && (
        <Nothing>{say(truthOfAll('parking').type === 'unknown' ? 'loading' : 'noParked')}</Nothing>
      )}
      {[...lots].map(([key, rows]) => (
        <section key={key} class="lot" aria-label={rows[0]?.lot.slice(0, 60) ?? ''}>
          <h3>
            <Name>{rows[0]?.lot ?? ''}</Name> <ServerTag server={rows[0]?.server ?? ''} />
          </h3>
          <div class="shelf">
            {rows
              .toSorted((one, other) => one.space.localeCompare(other.space, undefined, { numeric: true }))
              .map((row) => (
                <Parked key={row.key} row={row} />
              ))}
          </div>
        </section>
      ))}
    </>
  )
}

function Room({ row }: { row: RoomRow }): JSX.Element {
  const truth = truthAt(row.server, 'rooms')
  const isOld = truth.type !== 'live'
  const {
    rows: parties,
    held,
    isGone,
  } = useSettled(rowsOf<PartyRow>('parties').filter(({ roomKey }) => roomKey === row.key))
  return (
    <article class={`card room${oldClass(truth)}`} data-row={row.key} tabIndex={-1}>
      <header>
        <h3>
          <Name>{row.name}</Name>
        </h3>
        <ServerTag server={row.server} />
        <Actions row={row} verbs={[row.locked === true ? 'unlock' : 'lock']} of={row.name} old={isOld} />
      </header>
      <AsOf truth={truth} />
      <p class="room-line small">
        <span>
          <strong>{row.parties}</strong> {say('parties')}
        </span>
        {row.locked === true && (
          <span class="state state-paused">
            <Icon name="lock" /> {say('locked')}
          </span>
        )}
        {row.recording && (
          <span class="state level-alarm">
            <Icon name="record" /> {say('recording')}
          </span>
        )}
      </p>
      <ul class="fade parties" ref={held as RefObject<HTMLUListElement>}>
        {parties.map((party) => (
          <li
            key={party.key}
            data-row={party.key}
            tabIndex={-1}
            inert={isGone(party)}
            class={party.talking ? 'talks' : undefined}
          >
            <Icon
              name={party.muted ? 'mute' : 'voice'}
              class={party.talking ? 'state-ready pulse' : party.muted ? 'state-paused' : 'soft'}
            />
            <Who name={party.name} number={party.number} />
            <span class="unseen">
              {party.muted ? say('muted') : ''} {party.talking ? say('talking') : ''}
            </span>
            <Actions
              row={party}
              verbs={[party.muted ? 'unmute' : 'mute', 'kick']}
              of={party.name ?? party.number ?? ''}
              old={isOld}
            />
          </li>
        ))}
      </ul>
    </article>
  )
}

/** Shows a call that is parked, and how much of its time is left. */
export function Parked({ row }: { row: ParkedRow }): JSX.Element {
  const truth = truthAt(row.server, 'parking')
  const at = truth.type === 'old' && truth.asOf !== null ? truth.asOf : now.value
  const left = row.timeoutAt === null ? undefined : Math.max(0, row.timeoutAt - at)
  const share = row.timeoutAt === null || left === undefined ? 1 : left / Math.max(1, row.timeoutAt - row.parkedAt)
  const isSoon = left !== undefined && left < 15_000 && truth.type === 'live'
  return (
    <article class={`card parked${isSoon ? ' warn' : ''}${oldClass(truth)}`} data-row={row.key} tabIndex={-1}>
      <div class="fade">
        <p class="space">
          <strong>
            <Name>{row.space}</Name>
          </strong>
          <Age since={row.parkedAt} truth={truth} />
        </p>
        <Who name={row.name} number={row.number} />
        <div class="drain" aria-hidden="true">
          <i class={isSoon ? 'soon' : undefined} style={{ width: `${share * 100}%` }} />
        </div>
        <p class="small soft">
          {row.timeoutAt === null || truth.type !== 'live' ? (
            say(row.timeoutAt === null ? 'forEver' : 'unknownYet')
          ) : (
            <>
              <Until at={row.timeoutAt} truth={truth} /> {say('left')}
            </>
          )}
        </p>
      </div>
      <AsOf truth={truth} />
      <Actions row={row} verbs={['pick']} of={row.space} words old={truth.type !== 'live'} />
    </article>
  )
}
