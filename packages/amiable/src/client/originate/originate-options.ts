import type { CallOptions } from '../calls/call.ts'
import type { AmiEvent } from '../types.ts'
import type { OriginateOutcome } from './outcome.ts'

/** Says what `originate` dials, and which extension or application an answered call goes to. */
export interface OriginateParams {
  /** What to dial, as `technology/data`: `PJSIP/100`, `Local/200@default`. */
  Channel: string
  /** The extension that an answered call goes to, with `Context` and `Priority`. */
  Exten?: string | number | undefined
  Context?: string | undefined
  /** The priority in the extension: a number or a label. */
  Priority?: string | number | undefined
  /** The application that an answered call runs, instead of an extension. */
  Application?: string | undefined
  /** The arguments of the application. They are dialplan syntax: never use text that a stranger typed. */
  Data?: string | number | undefined
  /** How many milliseconds the call may ring. @default 30_000 */
  Timeout?: number | undefined
  /** The caller's name and number, as `"Name" <number>`. */
  CallerID?: string | undefined
  /** The account code of the call's records. */
  Account?: string | undefined
  /** Whether the call goes on as soon as there is early media, and not only when it is answered. */
  EarlyMedia?: boolean | undefined
  /** Codecs, separated by commas. */
  Codecs?: string | undefined
  /**
   * The `Uniqueid` of the channel: at most 149 printable ASCII characters without a space or a slash. No living channel
   * may have it. In Asterisk 22 no living channel's id may even begin with it: `order-1` fails while `order-10` lives.
   * @default a unique one
   */
  ChannelId?: string | undefined
  /** The `Uniqueid` of the second half of a Local channel. @default `ChannelId` and `;2` */
  OtherChannelId?: string | undefined
  /** `context,exten,priority` to run on the channel before it is dialled; late versions of Asterisk 18 and newer. */
  PreDialGoSub?: string | undefined
}

/** The options of `originate`. */
export interface OriginateOptions extends Omit<CallOptions, 'retry'> {
  /**
   * Hangs up the call and rejects with the signal's reason. With your own `ChannelId` it hangs up when the channel's
   * Newchannel has arrived.
   */
  signal?: AbortSignal | undefined
  /**
   * Within how many milliseconds the outcome must arrive. @default `Timeout` (or 30_000) and the client's
   * `actionTimeout` together
   */
  timeout?: number | undefined
  /**
   * `true` waits for a login, at most `timeout`, and dials then. By default a call is dialled now or not at all:
   * without a login it rejects at once with `AMI_LOST` and `delivered: 'no'`. @default false
   */
  queue?: boolean | undefined
}

/** The outcome of a call. */
export interface OriginateResult {
  /**
   * `'answered'`, or why not. `'unknown'`: Asterisk accepted the call, but the client's option `events` leaves `call`
   * events out, so no outcome is reported.
   */
  readonly outcome: OriginateOutcome
  /** Asterisk's number for the outcome: 0 failure, 1 hung up, 3 no answer, 4 answered, 5 busy, 8 congestion. */
  readonly reason: number | undefined
  /** The Q.850 number that the channel was hung up with, if the reason is 0 and there is one. */
  readonly cause: number | undefined
  /** The outcome in words. */
  readonly meaning: string
  /** The name of the channel. If the channel was never created, the `Channel` that was dialled. */
  readonly Channel: string
  /** The `Uniqueid` that the channel has or would have had. */
  readonly Uniqueid: string
  readonly actionId: string
  /** The `OriginateResponse` event. `undefined` if the outcome is `'unknown'`. */
  readonly event: AmiEvent<'OriginateResponse'> | undefined
}
