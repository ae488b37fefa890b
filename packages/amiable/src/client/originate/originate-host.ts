import type { Link } from '../../link/link.ts'
import type { Clock } from '../../util/clock.ts'
import type { Params } from '../../wire/encoder.ts'
import type { Begun, CallOptions, Outcome } from '../calls/call.ts'
import { speaks } from '../calls/call.ts'
import type { Calls } from '../calls/calls.ts'
import { hangupParams } from '../hangup-params.ts'
import type { ResolvedOptions } from '../options.ts'

/** What originating needs of the client around it. */
export interface OriginateHost {
  readonly source: string
  readonly clock: Clock
  readonly actionTimeout: number
  /** Whether the server still boots, or may. */
  mayBoot(): boolean
  /** Whether the loading of a module is reported to this account, as far as is known. */
  hearsLoads(): boolean
  /** Whether the client's event mask lets `call` events through. */
  readonly hearsCalls: boolean
  /** Whether the server gives a channel the id that an action asks for. */
  takesIds(): boolean
  /** Sends the Originate, and reports its outcome before any event that came behind it. */
  send(params: Params, options: CallOptions, outcome: Outcome): Begun
  /** Sends a Hangup, also while the client closes. */
  hangUp(channel: string): Promise<unknown>
}

/** Makes what originating needs of a client from the client's parts. */
export function originateHost(
  { source, actionTimeout, events }: ResolvedOptions,
  clock: Clock,
  calls: Calls,
  link: Link,
): OriginateHost {
  return {
    source,
    clock,
    actionTimeout,
    hearsCalls: events === 'on' || /(?:^|,)(?:call|all)(?:,|$)/.test(events),
    send: (params, options, outcome) => calls.start('Originate', params, options, outcome),
    mayBoot: () => link.boot.boots !== false,
    takesIds: () => speaks(link.version, 2, 0),
    hearsLoads: () => link.boot.hearsSystem,
    hangUp: (channel) =>
      new Promise((resolve, reject) => {
        calls.start('Hangup', hangupParams({ channel }), {}, { resolve, reject }, { internal: true })
      }),
  }
}
