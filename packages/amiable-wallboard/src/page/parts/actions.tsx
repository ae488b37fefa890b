// What can be done with a row, as buttons on it. What cannot be taken back is asked in place; Escape cancels.
import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Verb, Verbs } from '../../protocol/verbs.ts'
import { plainOf } from '../format.ts'
import type { MessageName } from '../languages/en.ts'
import { say } from '../languages/language.ts'
import { ApiError } from '../store/api.ts'
import { isOwn, may, type Owned } from '../store/may.ts'
import { type Asked, ask, askedOf } from '../store/outcomes.ts'
import { me, user } from '../store/wallboard.ts'
import { Icon, type IconName } from './icon.tsx'

interface VerbLook {
  readonly icon: IconName
  readonly word: MessageName
  /** What is asked before: whether one is sure, once or twice, or a value. */
  readonly asks?: 'sure' | 'twice' | 'reason' | 'pauseReason' | 'number' | 'count' | 'queue'
  /** The key that does it on the row that one is on. */
  readonly shortcut?: string
}

const VERBS: Readonly<Record<Verb, VerbLook>> = {
  pause: { icon: 'pause', word: 'pause', asks: 'pauseReason', shortcut: 'pause' },
  unpause: { icon: 'play', word: 'unpause', shortcut: 'pause' },
  login: { icon: 'login', word: 'login', asks: 'queue' },
  logout: { icon: 'logout', word: 'logout', asks: 'sure' },
  penalty: { icon: 'penalty', word: 'setPenalty', asks: 'count' },
  hangup: { icon: 'hangup', word: 'hangup', asks: 'sure', shortcut: 'hangup' },
  transfer: { icon: 'transfer', word: 'transfer', asks: 'number' },
  park: { icon: 'park', word: 'park' },
  pick: { icon: 'calls', word: 'pick' },
  listen: { icon: 'ear', word: 'listen', asks: 'reason', shortcut: 'listen' },
  whisper: { icon: 'whisper', word: 'whisper', asks: 'reason' },
  barge: { icon: 'barge', word: 'barge', asks: 'reason' },
  dial: { icon: 'calls', word: 'dial' },
  priority: { icon: 'priority', word: 'setPriority', asks: 'count' },
  withdraw: { icon: 'withdraw', word: 'withdraw', asks: 'sure' },
  redirect: { icon: 'transfer', word: 'redirect', asks: 'number' },
  mute: { icon: 'mute', word: 'mute' },
  unmute: { icon: 'voice', word: 'unmute' },
  kick: { icon: 'kick', word: 'kick', asks: 'sure' },
  lock: { icon: 'lock', word: 'lock' },
  unlock: { icon: 'unlock', word: 'unlock' },
  resetStatistics: { icon: 'reset', word: 'resetStats', asks: 'twice' },
  reloadQueues: { icon: 'reset', word: 'reloadQueues', asks: 'twice' },
}

const DANGERS: ReadonlySet<Verb> = new Set(['hangup', 'logout', 'withdraw', 'kick', 'resetStatistics', 'reloadQueues'])

export interface ActionsProps {
  readonly row: Owned & { readonly stamp?: string }
  readonly verbs: readonly Verb[]
  /** Words beside the icons. */
  readonly words?: boolean
  /** The queues that one can be logged in to. */
  readonly queues?: readonly string[]
  /** Whose it is: for those who hear the buttons. */
  readonly of: string
  /** A row that is not true now is not acted on. */
  readonly old?: boolean
  /** Whose outcomes are shown, where another place shows those of the others. */
  readonly noted?: readonly Verb[]
}

/** What was clicked, and how the row was shown then. */
interface Clicked {
  readonly verb: Verb
  readonly stamp: string | undefined
}

/** Shows those of the verbs that somebody may use on a row, and what became of the last one. */
export function Actions(props: ActionsProps): JSX.Element | null {
  const { row, verbs, words = false, queues = [], of, old = false, noted } = props
  // what is confirmed is what was clicked: a row that changes hands while the question stands has another stamp
  const [clicked, setClicked] = useState<Clicked | undefined>(undefined)
  const asking = clicked?.verb
  const place = useRef<HTMLSpanElement>(null)
  const allowed = verbs.filter((verb) => may(user.value, verb, isOwn(user.value, row)))
  if (allowed.length === 0) return null
  const notes = askedOf(row.key).filter(({ verb }) => noted?.includes(verb) ?? true)
  const run = (verb: Verb, params: Verbs[Verb], stamp = clicked?.stamp) => {
    setClicked(undefined)
    void ask(verb, row.key, params as never, stamp)
  }
  const close = () => {
    const verb = asking
    setClicked(undefined)
    // the focus goes back to where it came from
    queueMicrotask(() => setTimeout(() => place.current?.querySelector<HTMLElement>(`[data-verb="${verb}"]`)?.focus()))
  }
  return (
    <span class="actions" ref={place}>
      {notes.length > 0 && (
        <span class="notes">
          {notes.map((note) => (
            <Note key={note.id} note={note} />
          ))}
        </span>
      )}
      {asking === undefined ? (
        allowed.map((verb) => {
          const { icon, word, asks, shortcut } = VERBS[verb]
          const isPending = notes.some((note) => note.verb === verb && note.state === 'pending')
          return (
            <button
              key={verb}
              type="button"
              class={DANGERS.has(verb) ? 'button danger' : 'button'}
              data-verb={verb}
              data-shortcut={shortcut}
              disabled={isPending || old}
              title={say(word)}
              aria-label={words ? undefined : `${say(word)}: ${plainOf(of)}`}
              onClick={() => (asks === undefined ? run(verb, {}, row.stamp) : setClicked({ verb, stamp: row.stamp }))}
            >
              <Icon name={icon} />
              {words && say(word)}
            </button>
          )
        })
      ) : (
        <Question key={asking} verb={asking} queues={queues} run={run} close={close} />
      )}
    </span>
  )
}

/** Shows what became of an action. */
export function Note({ note }: { note: Asked }): JSX.Element {
  const { state, verb } = note
  const word = say(VERBS[verb].word)
  if (state === 'pending') {
    return (
      <output class="pending">
        <Icon name="clock" class="pulse" /> {word}: {say('pending')}
      </output>
    )
  }
  if (state === 'done') {
    return (
      <output class="pending">
        <Icon name="check" /> {word}: {say('done')}
      </output>
    )
  }
  const text = state === 'unconfirmed' ? say('notConfirmed') : say('refused', { why: whyOf(note) })
  return (
    <output class="pending failed">
      <Icon name="warn" /> {word}: {text}
    </output>
  )
}

const WHY: Readonly<Record<string, MessageName>> = {
  forbidden: 'err_role',
  origin: 'err_role',
  host: 'err_role',
  signIn: 'err_role',
  scope: 'err_scope',
  gone: 'err_gone',
  changed: 'err_gone',
  unavailable: 'err_stale',
  invalid: 'err_input',
  long: 'err_input',
  impossible: 'err_impossible',
  throttled: 'err_often',
  network: 'err_network',
}

/** Returns why an action failed, in the language of the page; what Asterisk itself said stays as it is. */
function whyOf({ code, message }: Pick<Asked, 'code' | 'message'>): string {
  const known = code === undefined ? undefined : WHY[code]
  return known === undefined ? plainOf(message || say('err_failed')) : say(known)
}

/** Returns why a request was refused, in the language of the page. */
export function refusalText(error: unknown): string {
  const { code, message } = error instanceof ApiError ? error : { code: 'network', message: '' }
  return say('refused', { why: whyOf({ code, message }) })
}

interface QuestionProps {
  readonly verb: Verb
  readonly queues: readonly string[]
  readonly run: (verb: Verb, params: Verbs[Verb]) => void
  readonly close: () => void
}

function Question({ verb, queues, run, close }: QuestionProps): JSX.Element {
  const { asks, word } = VERBS[verb]
  const [value, setValue] = useState(asks === 'queue' ? (queues[0] ?? '') : '')
  const [isSure, setSure] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  // as it comes: a key behind it is meant for it
  useLayoutEffect(() => form.current?.querySelector<HTMLElement>('input, select, button')?.focus(), [isSure])
  const action = say(word)
  const submit = (event: Event) => {
    event.preventDefault()
    if (asks === 'twice' && !isSure) return setSure(true)
    run(verb, paramsOf(verb, value.trim()))
  }
  const reasons = me.value?.site.pauseReasons ?? []
  const isDanger = DANGERS.has(verb)
  return (
    <form
      ref={form}
      class={isDanger ? 'ask' : 'ask plain'}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        close()
      }}
    >
      {asks === 'sure' && <span>{say('sure', { action })}</span>}
      {asks === 'twice' && <span>{isSure ? say('sureTwice') : say('sure', { action })}</span>}
      {asks === 'pauseReason' && (
        <select aria-label={say('pauseWhy')} value={value} onChange={(event) => setValue(event.currentTarget.value)}>
          <option value="">{say('noReason')}</option>
          {reasons.map((reason) => (
            <option key={reason} value={reason}>
              {reason}
            </option>
          ))}
        </select>
      )}
      {asks === 'queue' && (
        <select aria-label={say('queue')} value={value} onChange={(event) => setValue(event.currentTarget.value)}>
          {queues.map((queue) => (
            <option key={queue} value={queue}>
              {queue}
            </option>
          ))}
        </select>
      )}
      {(asks === 'reason' || asks === 'number' || asks === 'count') && (
        <input
          aria-label={asks === 'reason' ? say('spyWhy') : asks === 'number' ? say('transferTo') : action}
          placeholder={asks === 'reason' ? say('spyWhy') : asks === 'number' ? say('transferTo') : action}
          value={value}
          required
          autocomplete="off"
          // as the server takes it: src/actions/request.ts
          maxLength={asks === 'reason' ? 64 : 33}
          {...(asks === 'number' && { inputMode: 'tel' as const, pattern: '\\+?[0-9*#]{1,32}' })}
          {...(asks === 'count' && { inputMode: 'numeric' as const, pattern: '[0-9]{1,3}|1000' })}
          onInput={(event) => setValue(event.currentTarget.value)}
        />
      )}
      <button type="submit" class={isDanger ? 'button danger sure' : 'button primary'}>
        {asks === 'sure' || asks === 'twice' ? say('yes') : action}
      </button>
      <button type="button" class="button" onClick={close}>
        {say('no')}
      </button>
    </form>
  )
}

function paramsOf(verb: Verb, value: string): Verbs[Verb] {
  switch (VERBS[verb].asks) {
    case 'twice':
      return { confirmed: true }
    case 'pauseReason':
      return value === '' ? {} : { reason: value }
    case 'reason':
      return { reason: value }
    case 'number':
      return { to: value }
    case 'queue':
      return { queue: value }
    case 'count':
      return verb === 'penalty' ? { penalty: Number(value) } : { priority: Number(value) }
    default:
      return {}
  }
}
