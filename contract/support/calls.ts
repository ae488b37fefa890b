import { randomUUID } from 'node:crypto'
import type { AmiEvent, Client, Variables } from 'amiable'
import { nextEvent } from './client.ts'

/** Half a minute of silence that is heard. */
export const SILENCE = { Application: 'Playback', Data: 'silence/10&silence/10&silence/10' }

/** A call that is up: the two halves of its Local channel. */
export interface LiveCall {
  /** The half that was answered. */
  readonly channel: string
  /** The half that runs the dialplan. */
  readonly far: string
  readonly uniqueid: string
}

export interface DialOptions {
  /**
   * An event of the far half to wait for as well: an answer says nothing of how far its dialplan has come. `BridgeEnter`
   * is that of the second who enters, whichever side it is: one who is alone in a bridge talks to nobody.
   */
  readonly until?: string
  /**
   * Whether the near half plays silence, as a telephone sends sound all the time. Digits that wait in a channel to which
   * nothing is sent may wait for ever on a busy machine: main/channel.c:__ast_read looks for them for 90 ms.
   */
  readonly sounds?: boolean
  readonly variables?: Variables
}

/**
 * Dials `Local/<extension>@default` and resolves when it has been answered.
 * The near half stays for as long as the far one lives, at most half a minute.
 */
export async function dial(ami: Client, extension = 'wait', options: DialOptions = {}): Promise<LiveCall> {
  const { until, sounds = false, variables = {} } = options
  const uniqueid = randomUUID()
  const other = `${uniqueid}-far`
  const isAnswer = (event: AmiEvent) => event.actionId === uniqueid
  const answered = nextEvent(ami, 'OriginateResponse', isAnswer, `the answer of ${extension}`)
  const hasArrived = (event: AmiEvent) =>
    until === 'BridgeEnter'
      ? event.get('Linkedid') === uniqueid && event.get('BridgeNumChannels') === '2'
      : event.get('Uniqueid') === other
  const arrived = until && nextEvent(ami, until, hasArrived, `${extension}'s ${until}`)
  const near = sounds ? SILENCE : { Application: 'Wait', Data: 30 }
  const params = { Channel: `Local/${extension}@default/n`, ...near, Async: true }
  const ids = { ChannelId: uniqueid, OtherChannelId: other }
  await ami.sendRaw('Originate', { ...params, ...ids }, { actionId: uniqueid, variables })
  const answer = await answered
  if (answer.get('Response') !== 'Success') throw new Error(`${extension} was not answered: ${answer.get('Reason')}`)
  await arrived
  const channel = answer.get('Channel') ?? ''
  return { channel, far: channel.replace(/;1$/, ';2'), uniqueid }
}

/** Ends a call, whether or not it has already ended by itself. */
export async function hangUp(ami: Client, call: LiveCall): Promise<void> {
  await ami.sendRaw('Hangup', { Channel: call.channel }, { check: false })
}
