import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AmiEvent, connect } from 'amiable'
import { dial, hangUp } from '../../support/calls.ts'
import { nextEvent, optionsFor, withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

/** Which events come to whom. */
export function events(target: Target): void {
  const { name } = target

  test(`${name}: a mask of classes lets these through and no others`, async () => {
    await using reader = await connect(optionsFor(target, { events: ['user'] }))
    const seen = await seenDuring(target, reader)
    assert.ok(seen.length > 0)
    for (const event of seen) assert.match(event.get('Privilege') ?? '', /^user,/, event.Event)
  })

  test(`${name}: two classes are two classes`, async () => {
    await using reader = await connect(optionsFor(target, { events: ['call', 'user'] }))
    const seen = await seenDuring(target, reader)
    const classes = new Set(seen.map((event) => event.get('Privilege')?.split(',')[0]))
    assert.deepEqual([...classes].sort(), ['call', 'user'])
  })

  test(`${name}: with events off none comes, until Events asks for them`, () =>
    withClient(
      target,
      async (ami) => {
        const seen: AmiEvent[] = []
        ami.on('*', (event) => void seen.push(event))
        await ami.sendRaw('UserEvent', { UserEvent: 'Unheard' })
        await ami.send('Ping')
        assert.deepEqual(seen, [])
        assert.equal((await ami.sendRaw('Events', { EventMask: 'user' })).get('Events'), 'On')
        const came = nextEvent(ami, 'UserEvent', (event) => event.get('UserEvent') === 'Heard')
        await ami.sendRaw('UserEvent', { UserEvent: 'Heard' })
        await came
      },
      { events: 'off' },
    ))

  test(`${name}: an event of our own action comes after its answer, with our ActionID on it`, () =>
    withClient(target, async (ami) => {
      const order: string[] = []
      // those of others come at any time; manager.c:action_userevent repeats the ActionID, and it is no answer
      const actionId = `order-${process.pid}`
      const came = nextEvent(ami, 'UserEvent', (event) => event.actionId === actionId).then(() => order.push('event'))
      const reply = await ami.sendRaw('UserEvent', { UserEvent: 'Order' }, { actionId })
      order.push('reply')
      await came
      assert.equal(reply.actionId, actionId)
      assert.deepEqual(order, ['reply', 'event'])
      assert.equal(reply.events.length, 0)
    }))

  test(`${name}: a filter that the session adds holds from then on`, () =>
    withClient(target, async (ami) => {
      const seen: (string | undefined)[] = []
      ami.on('UserEvent', (event) => void seen.push(event.get('UserEvent')))
      await ami.sendRaw('Filter', { Operation: 'Add', Filter: '!UserEvent: Hidden' })
      const last = nextEvent(ami, 'UserEvent', (event) => event.get('UserEvent') === 'Shown')
      await ami.sendRaw('UserEvent', { UserEvent: 'Hidden' })
      await ami.sendRaw('UserEvent', { UserEvent: 'Shown' })
      await last
      assert.deepEqual(seen, ['Shown'])
    }))

  if (!target.full) return

  test(`${name}: an account's own filter keeps its events away, and its lists whole`, async () => {
    await using reader = await connect(optionsFor(target, { account: 'filtered' }))
    const seen = await seenDuring(target, reader)
    const names = new Set(seen.map((event) => event.Event))
    assert.ok(names.has('Newchannel'))
    assert.ok(!names.has('VarSet') && !names.has('Newexten'))
    const { events, completion } = await reader.send('QueueStatus')
    assert.equal(events.length, completion?.number('ListItems'))
  })

  test(`${name}: caller names and variables of an event are what was meant, and get() what stood on the wire`, () =>
    withClient(target, async (ami) => {
      // other calls have names and variables too, and may still be ending
      const heard = (name: string, fits: (event: AmiEvent) => boolean) =>
        nextEvent(ami, name, (event) => event.get('Channel')?.startsWith('Local/escapes@') === true && fits(event))
      const named = heard('NewCallerid', (event) => event.get('CallerIDName') !== '<unknown>')
      const set = heard('VarSet', (event) => event.get('Variable') === 'LABVAR' && event.get('Value') !== '')
      const told = heard('Hangup', (event) => event.variables().LABVAR !== '')
      await ami.sendRaw('Originate', { Channel: 'Local/escapes@default/n', Application: 'Wait', Data: 5, Async: true })
      const caller = await named
      assert.equal(caller.CallerIDName, "O'Brien what?")
      assert.equal(caller.get('CallerIDName'), "O\\'Brien what\\?")
      const value = 'tab\tline\r\nEvent: Fake'
      assert.equal((await set).Value, value)
      assert.equal((await set).get('Value'), 'tab\\tline\\r\\nEvent: Fake')
      assert.equal((await told).variables().LABVAR, value)
    }))

  // the simulator's dialplan knows no GotoIf()
  if (!target.real) return

  test(`${name}: five hundred user events of one call arrive, all and in order`, () =>
    withClient(target, async (ami) => {
      const numbers: number[] = []
      ami.on('UserEvent', (event) => {
        if (event.get('UserEvent') === 'Flood') numbers.push(event.number('Number'))
      })
      const last = nextEvent(ami, 'UserEvent', (event) => event.get('Number') === '499')
      await ami.sendRaw('Originate', { Channel: 'Local/flood500@default/n', Application: 'Wait', Data: 5, Async: true })
      await last
      assert.deepEqual(numbers, [...numbers.keys()])
      assert.equal(numbers.length, 500)
    }))
}

/** What a reader sees while somebody else makes a call and tells of its end. */
async function seenDuring(target: Target, reader: Awaited<ReturnType<typeof connect>>): Promise<AmiEvent[]> {
  const mark = `Mark-${Math.random()}`
  const seen: AmiEvent[] = []
  reader.on('*', (event) => void seen.push(event))
  const marked = nextEvent(reader, 'UserEvent', (event) => event.get('UserEvent') === mark)
  await withClient(target, async (writer) => {
    if (target.real && !target.full) return void (await writer.sendRaw('UserEvent', { UserEvent: mark }))
    const call = await dial(writer)
    const over = nextEvent(writer, 'Hangup', (event) => event.get('Uniqueid') === call.uniqueid)
    await hangUp(writer, call)
    await over
    await writer.sendRaw('UserEvent', { UserEvent: mark })
  })
  if (reader.state === 'ready') await marked
  // FullyBooted belongs to the login, whatever the mask
  return seen.filter((event) => event.Event !== 'FullyBooted')
}
