import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { type AmiEvent, type Client, connect } from 'amiable'
import { caughtUp, nextEvent, optionsFor } from '../../support/client.ts'
import { type Target, YOURS } from '../../targets.ts'

/** What changes without a word, and what is told though no list has it: whoever keeps a picture must look again. */
export function silence(target: Target): void {
  const { name } = target
  if (target.real && !target.full) {
    test(`${name}: what changes without a word`, { skip: YOURS }, () => {})
    return
  }

  test(`${name}: a channel's language changes without a word, its account with one`, async () => {
    await using ami = await connect(optionsFor(target))
    const call = await waiting(ami)
    const heard = await between(ami, async () => {
      await ami.send('Setvar', { Channel: call.channel, Variable: 'CHANNEL(language)', Value: 'de' })
      await ami.send('Setvar', { Channel: call.channel, Variable: 'CHANNEL(accountcode)', Value: 'acme' })
    })
    const own = heard.filter((event) => event.get('Uniqueid') === call.id)
    assert.deepEqual(
      own.map((event) => event.Event),
      ['NewAccountCode'],
    )
    assert.equal(own[0]?.get('AccountCode'), 'acme')
    assert.equal(own[0]?.get('OldAccountCode'), '')
    assert.equal(own[0]?.get('Language'), 'de')
    await ami.send('Hangup', { Channel: call.channel })
  })

  test(`${name}: a module that reads its files anew by its own command tells nobody`, async () => {
    await using ami = await connect(optionsFor(target))
    const heard = await between(ami, async () => {
      await ami.send('Command', { Command: 'dialplan reload' })
      await ami.send('Command', { Command: 'queue reload all' })
    })
    // QueueMemberStatus tells of a device, late, what became of it in a call before (app_queue.c:device_state_cb)
    assert.deepEqual(
      heard.map((event) => event.Event).filter((event) => /^(Reload|QueueMember(?!Status))/.test(event)),
      [],
    )
  })

  test(`${name}: who waits in a queue without a PBX leaves it without a word when it is redirected`, async () => {
    await using ami = await connect(optionsFor(target))
    const ChannelId = randomUUID()
    const joined = nextEvent(ami, 'QueueCallerJoin', (event) => event.get('Uniqueid') === ChannelId)
    const queue = { Channel: 'Local/wait@default/n', Application: 'Queue', Data: 'sales,,,,30', Async: true }
    await ami.sendRaw('Originate', { ...queue, ChannelId, OtherChannelId: `${ChannelId}-far` })
    const Channel = (await joined).get('Channel') ?? ''
    const moved = nextEvent(ami, 'Newexten', (event) => event.get('Uniqueid') === ChannelId)
    const heard = await between(ami, async () => {
      await ami.send('Redirect', { Channel, Context: 'default', Exten: 'wait', Priority: 1 })
      await moved
    })
    assert.deepEqual(
      heard.filter((event) => event.get('Uniqueid') === ChannelId && event.Event.startsWith('QueueCaller')),
      [],
    )
    const rows = (await ami.send('QueueStatus', { Queue: 'sales' })).events
    assert.deepEqual(
      rows.filter((row) => row.get('Uniqueid') === ChannelId),
      [],
    )
    await ami.send('Hangup', { Channel })
  })

  test(`${name}: a Local channel's device is told, and never listed`, async () => {
    await using ami = await connect(optionsFor(target))
    const told = nextEvent(ami, 'DeviceStateChange', (event) => event.get('Device') === 'Local/wait@default')
    const call = await waiting(ami)
    await told
    const { events } = await ami.send('DeviceStateList')
    assert.ok(events.length > 0)
    assert.deepEqual(
      events.filter((row) => row.get('Device')?.startsWith('Local/')),
      [],
    )
    await ami.send('Hangup', { Channel: call.channel })
  })
}

/** A call that is up and waits. */
async function waiting(ami: Client): Promise<{ channel: string; id: string }> {
  const id = randomUUID()
  // what either half tells of its way there has been told
  const up = [
    nextEvent(ami, 'OriginateResponse', (event) => event.get('Uniqueid') === id),
    nextEvent(ami, 'Newexten', (event) => event.get('Uniqueid') === `${id}-far` && event.get('Application') === 'Wait'),
  ]
  const call = { Channel: 'Local/wait@default/n', Application: 'Wait', Data: '30', Async: true }
  await ami.sendRaw('Originate', { ...call, ChannelId: id, OtherChannelId: `${id}-far` })
  await Promise.all(up)
  const rows = (await ami.send('CoreShowChannels')).events
  return { channel: rows.find((row) => row.get('Uniqueid') === id)?.get('Channel') ?? '', id }
}

/** Gives every event that is raised while something is done. */
async function between(ami: Client, what: () => Promise<unknown>): Promise<AmiEvent[]> {
  await caughtUp(ami)
  const heard: AmiEvent[] = []
  const listener = ami.on('*', (event) => void heard.push(event))
  await what()
  await caughtUp(ami)
  listener.remove()
  return heard
}
