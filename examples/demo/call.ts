import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { AmiEvent, Client } from 'amiable'
import type { Call } from './options.ts'
import { paint, step, under } from './terminal.ts'

/** For each event that is shown, what of it is worth a glance; the others are counted. */
const TOLD: Readonly<Record<string, (event: AmiEvent) => string>> = {
  Newchannel: (event) => `${event.Channel}  ${dim(event.ChannelStateDesc)}`,
  Newstate: (event) => `${event.Channel}  ${dim(event.ChannelStateDesc)}`,
  DialBegin: (event) => `${event.Channel ? `${event.Channel} → ` : ''}${event.DestChannel}`,
  DialEnd: (event) => `${event.DestChannel}  ${dim(event.DialStatus)}`,
  BridgeEnter: (event) => `${event.Channel}  ${dim(`${event.BridgeNumChannels} in the bridge`)}`,
  BridgeLeave: (event) => `${event.Channel}  ${dim(`${event.BridgeNumChannels} left in the bridge`)}`,
  UserEvent: (event) => `${event.UserEvent}`,
  Hangup: (event) => `${event.Channel}  ${dim(event.get('Cause-txt'))}`,
}

const PATIENCE = 60_000

/** Dials, shows what the server tells of the call while it happens, and ends with it. */
export async function showCall(ami: Client, call: Call, signal: AbortSignal): Promise<void> {
  // an id of our own: every event of this call carries it, whatever else the server is busy with
  const id = `amiable-${randomUUID()}`
  const ofCall = ({ Linkedid, DestLinkedid, Uniqueid }: AmiEvent) => [Linkedid, DestLinkedid, Uniqueid].includes(id)
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
  const events = ami.events(ofCall, { signal: patience, capacity: 10_000, all: true })
  const started = performance.now()
  const channels = new Map<string, string>()
  const others = new Map<string, number>()
  // an answered call has channels, though another thread of Asterisk may tell of them later
  let expected = false
  let shown = false
  let decided = false

  const dial = async () => {
    const { channel: Channel, context: Context, exten: Exten } = call
    const destination = Context === undefined ? { Application: 'Wait', Data: '2' } : { Context, Exten, Priority: 1 }
    step('originate', `${Channel} → ${Exten ?? 'wait two seconds'}`)
    try {
      const { outcome, meaning } = await ami.originate({ Channel, ChannelId: id, ...destination }, { signal })
      // the events that it was told by are shown first
      await setImmediate()
      expected = outcome === 'answered' && !shown
      under(`${time(started)}  ${paint(outcome === 'answered' ? 'green' : 'red', `the outcome: ${meaning}`)}`)
    } finally {
      decided = true
      if (channels.size === 0 && !expected) await events.return?.()
    }
  }
  const watch = async () => {
    for await (const event of events) {
      const tell = TOLD[event.Event]
      if (tell) under(`${time(started)}  ${paint('cyan', event.Event.padEnd(11))}  ${tell(event)}`)
      else others.set(event.Event, (others.get(event.Event) ?? 0) + 1)
      if (event.Event === 'Newchannel') {
        channels.set(event.Uniqueid ?? '', event.Channel ?? '')
        shown = true
        expected = false
      }
      if (event.Event === 'Hangup') channels.delete(event.Uniqueid ?? '')
      if (decided && channels.size === 0 && !expected) break
    }
  }
  try {
    await Promise.all([dial(), watch()])
  } finally {
    // whoever starts a call sees to its end
    await Promise.allSettled([...channels.values()].map((Channel) => ami.send('Hangup', { Channel })))
  }
  const more = [...others].map(([name, count]) => (count > 1 ? `${count} ${name}` : name)).join(', ')
  if (more !== '') under(dim(`not shown: ${more}`))
}

function time(started: number): string {
  return dim(`${((performance.now() - started) / 1000).toFixed(3)} s`)
}

function dim(text: string | undefined): string {
  return text === undefined ? '' : paint('dim', text)
}
