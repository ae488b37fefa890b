// What the tests of the command find on a server: nobody calls but Ann, and a queue is as its file says.
import type { Client } from 'amiable'
import { nextEvent } from '../support/client.ts'

/** Nobody calls, and the queue is as its file says: other suites were here before. */
export async function quiet(ami: Client): Promise<void> {
  await hangUpAll(ami)
  for (const agent of ['agent1', 'agent2'])
    await ami.send('Setvar', { Variable: `DEVICE_STATE(Custom:${agent})`, Value: 'NOT_INUSE' })
  for (const [Penalty, Interface] of ['Local/member@default/n', 'Local/busy@default/n'].entries()) {
    await ami.sendRaw('QueuePause', { Interface, Paused: false }, { check: false })
    await ami.sendRaw('QueuePenalty', { Interface, Penalty }, { check: false })
  }
  await ami.sendRaw('QueueReset', { Queue: 'support' }, { check: false })
}

/** Calls Local/echo@default from Ann, as golden-1, whose other half is golden-2. Resolves when it is up. */
export async function callFromAnn(ami: Client): Promise<void> {
  const isUp = nextEvent(
    ami,
    'Newexten',
    (event) => event.get('Uniqueid') === 'golden-2' && event.get('Application') === 'Echo',
  )
  const callerId = { CallerID: '"Ann" <100>', ChannelId: 'golden-1', OtherChannelId: 'golden-2' }
  await ami.originate({ Channel: 'Local/echo@default/n', Application: 'Wait', Data: '600', ...callerId })
  await isUp
}

/** Hangs up whatever there is. */
export async function hangUpAll(ami: Client): Promise<void> {
  for (;;) {
    const { events } = await ami.send('CoreShowChannels')
    if (events.length === 0) return
    for (const { Channel } of events) await ami.sendRaw('Hangup', { Channel: Channel ?? '' }, { check: false })
  }
}
