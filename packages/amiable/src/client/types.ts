import type { Actions } from '../catalog/generated/actions.ts'
import type { CommonHeaders, Events } from '../catalog/generated/events.ts'
import type { Params } from '../wire/encoder.ts'
import type { Message } from '../wire/message.ts'
import type { CallOptions } from './calls/call.ts'
import type { Response as PlainResponse } from './calls/response.ts'

/** The name of an action of the catalog. */
export type ActionName = keyof Actions & string

/** The name of an event of the catalog. */
export type EventName = keyof Events & string

/**
 * Headers that the catalog does not know. Asterisk's names begin with a capital letter, the library's with a small one.
 */
export interface OpenHeaders {
  readonly [header: Capitalize<string>]: string | undefined
}

/** The members that every event has, whatever its name. */
export type EventBase = Omit<Message, never>

/** An event. With a name of the catalog its headers are typed, otherwise it may have any header. */
export type AmiEvent<N extends string = string> = string extends N
  ? EventBase & { readonly Event: string } & OpenHeaders
  : N extends EventName
    ? EventBase & { readonly Event: N } & CommonHeaders & Events[N]
    : EventBase & { readonly Event: N } & OpenHeaders

// an action that somebody has added to the interface need not say everything
type FactOf<A extends ActionName, K extends string, Otherwise> =
  Actions[A] extends Record<K, infer Fact> ? Fact : Otherwise
type ParamsOf<A extends ActionName> = FactOf<A, 'params', Params>
type RowsOf<A extends ActionName> = FactOf<A, 'rows', never> & string
type CompletionOf<A extends ActionName> = FactOf<A, 'completion', never> & string

/** The name of an action of the catalog that answers with a list. */
export type ListName = {
  [A in ActionName]: [RowsOf<A> | CompletionOf<A>] extends [never] ? never : A
}[ActionName]

/** A row of the list that an action answers with. */
export type Row<A extends ActionName = ActionName> = [RowsOf<A>] extends [never] ? AmiEvent : AmiEvent<RowsOf<A>>

type Completion<A extends ActionName> = [CompletionOf<A>] extends [never] ? AmiEvent : AmiEvent<CompletionOf<A>>

type ResponseBase<E, C> = Omit<EventBase, 'toJSON'> &
  Omit<PlainResponse, keyof Message | 'events' | 'completion'> &
  Pick<PlainResponse, 'toJSON'> & {
    /** The rows of the list in order, without the event that completes it. You may change the array. */
    readonly events: E[]
    /** The event that completed the list, if there was one. */
    readonly completion: C | undefined
  }

/** The answer to an action of the catalog. Its headers are typed. */
export type Response<A extends ActionName = ActionName> = ResponseBase<Row<A>, Completion<A>> &
  FactOf<A, 'reply', OpenHeaders>

/** The answer to any action. It may have any header. */
export type RawResponse = ResponseBase<AmiEvent, AmiEvent> & OpenHeaders

/** What `send` and `list` take after the action's name: the parameters may be left out where none is required. */
export type ActionArguments<A extends ActionName, O = CallOptions> =
  Record<never, never> extends ParamsOf<A> ? [params?: ParamsOf<A>, options?: O] : [params: ParamsOf<A>, options?: O]

/** The options of `send` and `sendRaw`. */
export interface SendOptions extends CallOptions {
  /** `false` resolves with `success: false` where the call would reject with `AMI_REFUSED`. @default true */
  check?: boolean | undefined
}
