import { ActionError } from '../../errors.ts'
import type { Link } from '../../link/link.ts'
import type { Clock } from '../../util/clock.ts'
import type { Params } from '../../wire/encoder.ts'
import type { Begun, CallOptions, Outcome } from '../calls/call.ts'
import { speaks } from '../calls/call.ts'
import type { Calls } from '../calls/calls.ts'
import type { Response } from '../calls/response.ts'
import { hangupParams } from '../hangup-params.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Needed } from './channel-driver.ts'
import { noDriver, shutDown, type Verdict } from './outcome.ts'

/** What originating needs of the client around it. */
export interface OriginateHost {
  readonly source: string
  readonly clock: Clock
  readonly actionTimeout: number
  /** Whether the server still boots, or may. */
  mayBoot(): boolean
  /**
   * Asks the server why a call failed for which it gave no reason: it shuts down, or a module is not loaded. An account
   * without the write right `call` or `reporting` learns nothing of the latter.
   */
  explain(needed: Needed | undefined): Promise<Verdict | undefined>
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
  { source, clock, actionTimeout, events }: ResolvedOptions,
  calls: Calls,
  link: () => Link,
): OriginateHost {
  let mayAsk = true
  /** Asks the server something; gives the value, or the error. */
  const ask = (action: 'Ping' | 'Getvar', Variable?: string) =>
    new Promise<unknown>((resolve) => {
      const outcome = { resolve: (reply: Response) => resolve(reply.get('Value')), reject: resolve }
      calls.start(action, { Variable }, {}, outcome, { internal: true })
    })
  const told = (answer: unknown): Verdict | undefined => {
    if (!(answer instanceof ActionError)) return undefined
    // main/manager.c:process_message
    if (/: Asterisk is shutting down/.test(answer.message)) return shutDown
    mayAsk = false
    return undefined
  }
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
    explain: async (needed) => {
      if (needed === undefined || !mayAsk) return told(await ask('Ping'))
      const { module, context = '' } = needed
      // funcs/func_module.c:ifmodule_read, funcs/func_dialplan.c:isexten_function_read
      const loaded = await ask('Getvar', `IFMODULE(${module})`)
      if (loaded !== '0') return told(loaded)
      // commas and parentheses would be more than a name
      const isThere = /^[\w.-]+$/.test(context) && (await ask('Getvar', `DIALPLAN_EXISTS(${context})`)) === '1'
      return isThere ? undefined : noDriver(module)
    },
    hangUp: (channel) =>
      new Promise((resolve, reject) => {
        calls.start('Hangup', hangupParams({ channel }), {}, { resolve, reject }, { internal: true })
      }),
  }
}
