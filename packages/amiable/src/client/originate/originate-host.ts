import { ActionError } from '../../errors.ts'
import type { Link } from '../../link/link.ts'
import type { Clock } from '../../util/clock.ts'
import type { Params } from '../../wire/encoder.ts'
import type { Begun, CallOptions, Outcome } from '../calls/call.ts'
import { speaks } from '../calls/call.ts'
import type { Calls } from '../calls/calls.ts'
import { hangupParams } from '../hangup-params.ts'
import type { ResolvedOptions } from '../options.ts'
import { noDriver, shutDown, type Verdict } from './outcome.ts'

/** What originating needs of the client around it. */
export interface OriginateHost {
  readonly source: string
  readonly clock: Clock
  readonly actionTimeout: number
  /** Whether the server still boots, or may. */
  mayBoot(): boolean
  /**
   * Asks the server why a call failed for which it gave no reason: it shuts down, or a channel driver is not loaded.
   * An account without the write right `call` or `reporting` is told nothing of the latter.
   */
  explain(driver: string | undefined): Promise<Verdict | undefined>
  /** Whether the client's event mask lets `call` events through. */
  readonly hearsCalls: boolean
  /** Whether the server gives a channel the id that it is told to. */
  takesIds(): boolean
  /** Sends the Originate; its outcome is told before any event that came behind it. */
  send(params: Params, options: CallOptions, outcome: Outcome): Begun
  /** Sends a Hangup, also while the client closes. */
  hangUp(channel: string): Promise<unknown>
}

/** Makes what originating needs of a client from the client's parts. */
export function originateHost(
  { source, clock, actionTimeout, events }: ResolvedOptions,
  calls: Calls,
  link: () => Link,
): OriginateHost {
  let mayAsk = true
  return {
    source,
    clock,
    actionTimeout,
    hearsCalls: events === 'on' || /(?:^|,)(?:call|all)(?:,|$)/.test(events),
    // one that is dialled after the next login is dialled at the wrong time
    send: (params, options, outcome) =>
      calls.start('Originate', params, options, outcome, { perishable: options.queue !== true }),
    mayBoot: () => link().boot.boots !== false,
    takesIds: () => speaks(link().version, 2, 0),
    explain: (driver) =>
      new Promise((resolve) => {
        const asks = driver !== undefined && mayAsk
        calls.start(
          asks ? 'Getvar' : 'Ping',
          // funcs/func_module.c:ifmodule_read
          asks ? { Variable: `IFMODULE(${driver})` } : undefined,
          {},
          {
            resolve: (reply) => resolve(asks && reply.get('Value') === '0' ? noDriver(driver) : undefined),
            reject: (error) => {
              // main/manager.c:process_message
              const ends = error instanceof ActionError && /: Asterisk is shutting down/.test(error.message)
              if (error instanceof ActionError && asks && !ends) mayAsk = false
              resolve(ends ? shutDown : undefined)
            },
          },
          { internal: true },
        )
      }),
    hangUp: (channel) =>
      new Promise((resolve, reject) => {
        calls.start('Hangup', hangupParams({ channel }), {}, { resolve, reject }, { internal: true })
      }),
  }
}
