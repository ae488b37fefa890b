import type { Core } from './core.ts'
import type { DeviceStates } from './devices.ts'
import type { ContactStatus, Endpoint } from './stores.ts'

/** A world as far as contacts need one. */
interface Place {
  readonly core: Core
  readonly devices: DeviceStates
}

/** Gives an endpoint a contact, or another status of it, with the events that report it; without a URI it has none. */
export function setContact(place: Place, endpoint: Endpoint, uri: string, status: ContactStatus): void {
  const was = isReached(endpoint)
  const before = endpoint.contact
  endpoint.contact = uri
  endpoint.status = status
  if (before !== '' && before !== uri) report(place, endpoint, before, 'Removed')
  if (uri !== '') report(place, endpoint, uri, status)
  const is = isReached(endpoint)
  if (is === was) return
  const peer = `PJSIP/${endpoint.name}`
  const lines = `ChannelType: PJSIP\r\nPeer: ${peer}\r\nPeerStatus: ${is ? 'Reachable' : 'Unreachable'}\r\n`
  place.core.emit('PeerStatus', lines)
  place.devices.raise(peer, is ? 'NOT_INUSE' : 'UNAVAILABLE')
}

function isReached({ contact, status }: Endpoint): boolean {
  return contact !== '' && status !== 'Unreachable'
}

/** Returns how long a contact takes to answer, in microseconds; nobody asks one that is not qualified. */
export function roundTripOf({ status }: Endpoint): number {
  return status === 'Reachable' ? 1_500 : 0
}

// main/stasis_endpoints.c:contactstatus_to_ami
function report({ core }: Place, endpoint: Endpoint, uri: string, status: ContactStatus | 'Removed'): void {
  core.emit(
    'ContactStatus',
    `URI: ${uri}\r\nContactStatus: ${status}\r\nAOR: ${endpoint.name}\r\nEndpointName: ${endpoint.name}\r\n` +
      `RoundtripUsec: ${status === 'Removed' ? 0 : roundTripOf(endpoint)}\r\n`,
  )
}
