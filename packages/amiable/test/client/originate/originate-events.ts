import type { Heard, Peer } from '../../support/peer.ts'

/** What is dialled. */
export const params = { Channel: 'Local/200@default', Context: 'default', Exten: '300', Priority: 1 }

/** The timers of a client that has nothing to do: the keepalive's, and that of its calls' deadlines. */
export const IDLE = 2

/** The event as main/manager.c:fast_originate writes it. */
export function originateResponse(
  peer: Peer,
  to: Heard,
  response: string,
  reason: number,
  channel = params.Channel,
): void {
  peer.say(
    'Event: OriginateResponse',
    'Privilege: call,all',
    `ActionID: ${to.id}`,
    `Response: ${response}`,
    `Channel: ${channel}`,
    'Context: default',
    'Exten: 300',
    `Reason: ${reason}`,
    `Uniqueid: ${to.get('ChannelId')}`,
    'CallerIDNum: <unknown>',
    'CallerIDName: <unknown>',
  )
}

export function newChannel(peer: Peer, to: Heard): void {
  peer.say('Event: Newchannel', 'Channel: Local/200@default-00000001;1', `Uniqueid: ${to.get('ChannelId')}`)
}

export function hangup(peer: Peer, to: Heard, cause: number, text: string): void {
  const lines = [`Uniqueid: ${to.get('ChannelId')}`, `Cause: ${cause}`, `Cause-txt: ${text}`]
  peer.say('Event: Hangup', 'Channel: Local/200@default-00000001;1', ...lines)
}
