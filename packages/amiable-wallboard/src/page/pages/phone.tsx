// What an agent has in hand: one big state, the pauses, the own queues, the call, and a number to dial.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { CallRow, LegRow, ParkedRow } from '../../protocol/call-rows.ts'
import type { AgentRow, Membership, QueueRow } from '../../protocol/rows.ts'
import { numberOf } from '../format.ts'
import { language, say } from '../languages/language.ts'
import { Actions, Note } from '../parts/actions.tsx'
import { Icon } from '../parts/icon.tsx'
import { PhaseMark } from '../parts/phase.tsx'
import {
  Age,
  AsOf,
  LevelMark,
  levelClass,
  Name,
  Nothing,
  oldClass,
  STATES,
  StateMark,
  stateWord,
  Until,
  Who,
} from '../parts/text.tsx'
import { may } from '../store/may.ts'
import { ask, askedOf } from '../store/outcomes.ts'
import { me, rowsOf, truthAt, user } from '../store/wallboard.ts'
import { Parked } from './rooms.tsx'

/** Shows one's own phone. */
export function Phone(): JSX.Element {
  const device = user.value?.device
  const [agent] = rowsOf<AgentRow>('agents').filter(({ key }) => key === user.value?.agent)
  if (device === null || device === undefined) return <Nothing>{say('noDevice')}</Nothing>
  const truth = truthAt(device.server, 'calls')
  const isOld = truth.type !== 'live'
  return (
    <div class="phone">
      <h1 class="unseen">{say('phone')}</h1>
      <AsOf truth={truth} />
      {agent && <Me agent={agent} isOld={isOld} />}
      <section class={`card${oldClass(truth)}`} aria-label={say('currentCall')}>
        <h2>{say('currentCall')}</h2>
        <Current isOld={isOld} />
      </section>
      <Dial />
      <MyQueues agent={agent} isOld={isOld} />
      <Shelf />
    </div>
  )
}

function Me({ agent, isOld }: { agent: AgentRow; isOld: boolean }): JSX.Element {
  const truth = truthAt(agent.server, 'queues')
  const isPaused = agent.memberships.some(({ paused }) => paused)
  const verb = isPaused ? 'unpause' : 'pause'
  const notes = askedOf(agent.key).filter(({ verb: asked }) => asked === 'pause' || asked === 'unpause')
  const isPending = notes.some(({ state }) => state === 'pending')
  const reasons = me.value?.site.pauseReasons ?? []
  return (
    <section class={`card me me-${STATES[agent.state].look}${oldClass(truth)}`} aria-label={say('state')}>
      <div class="fade">
        <p class="me-state">
          <StateMark state={agent.state}>{stateWord(agent.state)}</StateMark>
          <span class="me-time">
            {agent.state === 'wrap-up' && agent.wrapUpUntil !== null ? (
              <Until at={agent.wrapUpUntil} truth={truth} />
            ) : (
              <Age since={agent.since} truth={truth} />
            )}
          </span>
        </p>
        <Name class="soft">{agent.state === 'paused' ? agent.reason : agent.name}</Name>
      </div>
      {notes.map((note) => (
        <Note key={note.id} note={note} />
      ))}
      {may(user.value, verb, true) && (
        <button
          key={verb}
          type="button"
          class={isPaused ? 'button primary large' : 'button large'}
          data-shortcut="pause"
          disabled={isPending || isOld}
          onClick={() => void ask(verb, agent.key, {}, agent.stamp)}
        >
          <Icon name={isPaused ? 'play' : 'pause'} />
          {say(verb)}
        </button>
      )}
      {may(user.value, 'pause', true) && reasons.length > 0 && (
        <ul class="reasons" aria-label={say('pauseWhy')}>
          {reasons.slice(0, 9).map((reason, at) => (
            <li key={reason}>
              <button
                type="button"
                class={agent.reason === reason && isPaused ? 'button primary' : 'button'}
                data-reason={at}
                disabled={isPending || isOld}
                onClick={() => void ask('pause', agent.key, { reason }, agent.stamp)}
              >
                <kbd>{at + 1}</kbd>
                <Name>{reason}</Name>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Current({ isOld }: { isOld: boolean }): JSX.Element {
  const calls = rowsOf<CallRow>('calls').filter(({ phase }) => phase !== 'ended')
  const legs = rowsOf<LegRow>('legs').filter(({ endedAt }) => endedAt === null)
  if (calls.length === 0 && legs.length === 0) return <p class="soft fade">{say('noCurrentCall')}</p>
  return (
    <ul class="current">
      {calls.map((call) => (
        <li key={call.key}>
          <p class="fade">
            <PhaseMark phase={call.phase} />{' '}
            <strong class="me-time">
              <Age since={call.startedAt} truth={truthAt(call.server, 'calls')} />
            </strong>
          </p>
          <p class="fade route">
            <Who name={call.fromName} number={call.fromNumber} /> <span aria-hidden="true">→</span>{' '}
            <Who name={call.toName} number={call.toNumber} />
          </p>
          {call.queue !== null && (
            <p class="soft small">
              {say('queue')}: <Name>{call.queue}</Name>
            </p>
          )}
        </li>
      ))}
      {legs.map((leg) => (
        <li key={leg.key} data-row={leg.key} tabIndex={-1}>
          <Actions
            row={leg}
            verbs={['transfer', 'park', 'hangup']}
            of={leg.partyName ?? leg.number ?? ''}
            words
            old={isOld}
          />
        </li>
      ))}
    </ul>
  )
}

// a number is dialled on no row: the server says what comes of it, also where the rows are old or not there yet
function Dial(): JSX.Element | null {
  const [number, setNumber] = useState('')
  if (!may(user.value, 'dial', true)) return null
  const notes = askedOf(null).filter(({ verb }) => verb === 'dial')
  const isPending = notes.some(({ state }) => state === 'pending')
  return (
    <section class="card" aria-label={say('dial')}>
      <form
        class="dial"
        onSubmit={(event) => {
          event.preventDefault()
          void ask('dial', null, { number })
        }}
      >
        <label class="field">
          <span>{say('dialLabel')}</span>
          <input
            type="tel"
            name="number"
            value={number}
            required
            pattern="\+?[0-9*#]{1,32}"
            title={say('digitsOnly')}
            maxLength={40}
            autocomplete="off"
            onInput={(event) => setNumber(event.currentTarget.value.replace(/[\s()/.-]/g, ''))}
          />
        </label>
        <button type="submit" class="button primary large" disabled={isPending}>
          <Icon name="calls" />
          {say('dial')}
        </button>
      </form>
      <p class="soft small">{say('dialed')}</p>
      {notes.map((note) => (
        <Note key={note.id} note={note} />
      ))}
    </section>
  )
}

function MyQueues({ agent, isOld }: { agent: AgentRow | undefined; isOld: boolean }): JSX.Element {
  const all = rowsOf<QueueRow>('queues')
  const own = new Map(agent?.memberships.map((membership) => [membership.queue, membership]))
  const queues = all.filter(({ name }) => own.has(name))
  const others = all.map(({ name }) => name).filter((name) => !own.has(name))
  const key = user.value?.agent
  return (
    <section class="card" aria-label={say('myQueues')}>
      <header>
        <h2>{say('myQueues')}</h2>
        {key != null && others.length > 0 && (
          <Actions
            row={{ key, own: true }}
            verbs={['login']}
            queues={others.toSorted()}
            of={say('myQueues')}
            noted={['login']}
            words
            old={isOld}
          />
        )}
      </header>
      {queues.length === 0 && <p class="soft">{say('noQueues')}</p>}
      <ul class="my-queues">
        {queues.map((queue) => (
          <MyQueue key={queue.key} queue={queue} own={own.get(queue.name)} isOld={isOld} />
        ))}
      </ul>
    </section>
  )
}

interface MyQueueProps {
  readonly queue: QueueRow
  readonly own: Membership | undefined
  readonly isOld: boolean
}

function MyQueue({ queue, own, isOld }: MyQueueProps): JSX.Element {
  const truth = truthAt(queue.server, 'queues')
  return (
    <li class={oldClass(truth)} data-row={own?.key} tabIndex={-1}>
      <Name class="fade">{queue.name}</Name>
      {own?.dynamic ? (
        <Actions row={{ key: own.key, own: true }} verbs={['logout']} of={queue.name} old={isOld} />
      ) : (
        <span />
      )}
      <span class="soft small fade">
        <Age since={queue.longestSince} truth={truth} />
      </span>
      <strong class={`fade ${isOld ? '' : levelClass(queue.waitingLevel)}`}>
        <LevelMark level={isOld ? null : queue.waitingLevel} /> {numberOf(queue.waiting, language.value)}
        <span class="unseen"> {say('waitingWord')}</span>
      </strong>
    </li>
  )
}

function Shelf(): JSX.Element | null {
  const parked = rowsOf<ParkedRow>('parked')
  if (parked.length === 0) return null
  return (
    <section aria-label={say('parking')}>
      <h2>{say('parking')}</h2>
      <div class="shelf">
        {parked.map((row) => (
          <Parked key={row.key} row={row} />
        ))}
      </div>
    </section>
  )
}
