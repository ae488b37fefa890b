import { actionFacts } from '../catalog/facts.ts'
import { type ActionError, AmiError } from '../errors.ts'
import { unguessableId } from '../util/action-id.ts'
import type { Clock } from '../util/clock.ts'
import { deferred } from '../util/deferred.ts'
import { ANSWERED } from '../util/peek.ts'
import type { Work } from './lane.ts'
import type { StateSource } from './source.ts'
import { count, type Told } from './told.ts'
import type { WireOrder } from './wire-order.ts'

/** How a list went. `empty`: the server said in its own words that there is nothing. */
export type Outcome =
  | { readonly type: 'listed' | 'empty' }
  | { readonly type: 'refused'; readonly action: string; readonly classes: readonly string[] }
  | { readonly type: 'failed' }

type Answer = Pick<Told, 'get' | 'serial'>

/** What is asked. */
export interface Question {
  readonly action: string
  readonly params: Readonly<Record<string, string>>
  /** What the server says instead of an empty list. */
  readonly empty: RegExp | undefined
  row(told: Told): void
  /**
   * Runs at the list's place in the stream; without a completing event where the server said that it is empty.
   * @returns what is to be done there
   */
  done(completion: Told | undefined): Work | undefined
}

// the completing event can still wait behind others when the call is over
const PATIENCE = 10_000
// any login may ask it, and no bridge has such a technology: it answers with its completing event alone
const MARKER = { action: 'BridgeList', params: { BridgeType: 'none' } } as const
const NOTHING = { row: () => {}, done: () => undefined, empty: undefined } as const

/** Returns the names of the rows and completing events of these actions. They come with the listener. */
export function rowNames(actions: readonly string[]): string[] {
  const names = [...actions, MARKER.action].flatMap((action) => {
    const facts = actionFacts(action)
    return facts === undefined ? [] : [...facts.rows, ...(facts.completion === undefined ? [] : [facts.completion])]
  })
  return [...new Set(names)]
}

function* then(work: Work | undefined, done: () => void): Work {
  yield* work ?? []
  done()
}

/** Asks for lists; their rows come with the listener, at their place in the stream. */
export class Lister {
  #source: StateSource
  #wire: WireOrder
  #clock: Clock
  /** What gives up the lists whose end has not come. */
  #pending = new Set<() => void>()

  constructor(source: StateSource, wire: WireOrder, clock: Clock) {
    this.#source = source
    this.#wire = wire
    this.#clock = clock
  }

  /** Asks for one list; never rejects. */
  async ask(question: Question): Promise<Outcome> {
    const { action, params } = question
    const actionId = unguessableId()
    const ended = deferred<boolean>()
    const giveUp = () => ended.resolve(false)
    this.#pending.add(giveUp)
    let rows = 0
    let isOver = false
    this.#wire.expect(actionId, {
      row(told) {
        rows++
        question.row(told)
      },
      done: (completion) => {
        // fewer than it says: some found no room on their way here
        const whole =
          rows >= count(completion, 'ListItems') && completion.get('EventList')?.toLowerCase() === 'complete'
        isOver = true
        if (whole) return then(question.done(completion), () => ended.resolve(true))
        ended.resolve(false)
        return undefined
      },
    })
    let mark: { remove(): void } | undefined
    const answered = (response: Answer) => {
      if (!question.empty?.test(response.get('Message') ?? '')) return
      mark ??= this.#wire.mark(response.serial, () => question.done(undefined))
    }
    try {
      const refusal = await this.#refusalOf(this.#source.listRaw(action, params, { actionId, [ANSWERED]: answered }))
      // a source that knows nothing of places
      if (refusal !== undefined) answered(refusal.response as Answer)
      if (mark !== undefined) {
        const marked = await this.ask({ ...MARKER, ...NOTHING })
        return { type: marked.type === 'listed' ? 'empty' : 'failed' }
      }
      if (refusal !== undefined) return refused(action, refusal)
      const late = this.#clock.setTimeout(() => {
        if (!isOver) giveUp()
      }, PATIENCE)
      const whole = await ended.promise
      this.#clock.clearTimeout(late)
      return { type: whole ? 'listed' : 'failed' }
    } catch {
      return { type: 'failed' }
    } finally {
      mark?.remove()
      this.#pending.delete(giveUp)
      this.#wire.forget(actionId)
    }
  }

  /** Gives up every list: its end may have been among what was missed, or nobody waits for it any more. */
  giveUp(): void {
    for (const one of this.#pending) one()
  }

  /** Waits for the end of a list; returns what refuses it. */
  async #refusalOf(list: AsyncIterable<unknown>): Promise<ActionError | undefined> {
    try {
      for await (const _row of list);
    } catch (error) {
      if (!AmiError.is(error) || error.code !== 'AMI_REFUSED') throw error
      return error as ActionError
    }
    return undefined
  }
}

function refused(action: string, refusal: ActionError): Outcome {
  const said = (refusal.response as Answer).get('Message') ?? ''
  if (refusal.retryable) return { type: 'failed' }
  if (/^Permission denied/i.test(said))
    return { type: 'refused', action, classes: actionFacts(action)?.privileges ?? [] }
  return /^Invalid\/unknown command/i.test(said) ? { type: 'refused', action, classes: [] } : { type: 'failed' }
}
