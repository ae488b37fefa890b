import type { Link } from '../../link/link.ts'
import { speaks } from '../calls/call.ts'
import type { Calls } from '../calls/calls.ts'
import { hangupParams } from '../hangup-params.ts'
import type { ResolvedOptions } from '../options.ts'
import type { OriginateHost } from './originate.ts'

/** Makes what originating needs of a client from the client's parts. */
export function originateHost(
  { source, clock, actionTimeout, events }: ResolvedOptions,
  calls: Calls,
  link: () => Link,
): OriginateHost {
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
    hangUp: (channel) =>
      new Promise((resolve, reject) => {
        calls.start('Hangup', hangupParams({ channel }), {}, { resolve, reject }, { internal: true })
      }),
  }
}
