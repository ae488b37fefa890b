import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { type Client, connect } from 'amiable'
import { nextEvent, optionsFor } from '../../support/client.ts'
import { type Target, YOURS } from '../../targets.ts'

const Queue = 'sales'

/** Those who wait in a queue: another priority, another place, and out of it. */
export function queues(target: Target): void {
  const { name } = target
  if (target.real && !target.full) {
    test(`${name}: who waits in a queue`, { skip: YOURS }, () => {})
    return
  }

  test(`${name}: a caller's priority changes, and with Immediate its place`, async () => {
    await using ami = await connect(optionsFor(target))
    const callers = [await join(ami), await join(ami), await join(ami)]
    const [a = '', , c = ''] = callers
    const change = (Caller: string, Priority: number | string, Immediate?: boolean) =>
      ami.sendRaw('QueueChangePriorityCaller', { Queue, Caller, Priority, Immediate }, { check: false })
    const stand = async () => {
      const { events } = await ami.send('QueueStatus', { Queue })
      const ours = events.filter((row) => callers.includes(row.get('Channel') ?? ''))
      return ours.map((row) => `${'abc'[callers.indexOf(row.get('Channel') ?? '')]}${row.get('Priority')}`).join(' ')
    }
    assert.equal(await stand(), 'a0 b0 c0')
    assert.equal((await change(c, 5)).message, 'Priority change for caller on queue')
    assert.equal(await stand(), 'a0 b0 c5')
    // app_queue.c:change_priority_caller_on_queue of 16 knows no Immediate
    const moves = target.version > 16
    for (const [caller, priority, moved, stays] of [
      [c, '5', 'c5 a0 b0', 'a0 b0 c5'],
      [a, '5x', 'c5 a5 b0', 'a5 b0 c5'],
      [c, '5', 'a5 c5 b0', 'a5 b0 c5'],
      [a, '-1', 'c5 b0 a-1', 'a-1 b0 c5'],
    ] as const) {
      assert.equal((await change(caller, priority, true)).success, true)
      assert.equal(await stand(), moves ? moved : stays)
    }
    assert.equal((await change(c, 'x')).message, "'Priority' need integer.")
    assert.equal(
      (await change(c.toUpperCase(), 1)).message,
      'Unable to change priority caller on queue: No such caller',
    )
    const nowhere = { Queue: 'no-such', Caller: c, Priority: 1 }
    const { message } = await ami.sendRaw('QueueChangePriorityCaller', nowhere, { check: false })
    assert.equal(message, 'Unable to change priority caller on queue: No such queue')
    await Promise.all(callers.map((Channel) => leave(ami, Channel, () => ami.sendRaw('Hangup', { Channel }))))
  })

  test(`${name}: a caller is withdrawn from its queue, once, and goes on in the dialplan`, async () => {
    await using ami = await connect(optionsFor(target))
    const Caller = await join(ami)
    const withdraw = async (WithdrawInfo?: string, given = Caller): Promise<string> =>
      (await ami.sendRaw('QueueWithdrawCaller', { Queue, Caller: given, WithdrawInfo }, { check: false })).message
    assert.equal(await withdraw('', 'nobody'), 'Unable to request withdraw from queue: No such caller')
    const told = ['QUEUE_WITHDRAW_INFO', 'QUEUESTATUS'].map((variable) =>
      nextEvent(ami, 'VarSet', (event) => event.get('Channel') === Caller && event.get('Variable') === variable),
    )
    const left = leave(ami, Caller, async () => {
      const [first, second] = await Promise.all([withdraw('enough'), withdraw()])
      assert.equal(first, 'Withdraw requested successfully')
      // app_queue.c:wait_our_turn looks once a second: the caller may have left before the second one is read
      assert.match(second, /^Unable to request withdraw from queue: (?:Already requested|No such caller)$/)
    })
    await left
    assert.deepEqual(
      (await Promise.all(told)).map((event) => event.get('Value')),
      ['enough', 'WITHDRAW'],
    )
    await ami.sendRaw('Hangup', { Channel: Caller }, { check: false })
  })
}

/** A call that waits in the queue; gives the name of its channel. */
async function join(ami: Client): Promise<string> {
  const ChannelId = randomUUID()
  const joined = nextEvent(ami, 'QueueCallerJoin', (event) => event.get('Uniqueid') === ChannelId)
  const call = { Channel: 'Local/wait@default/n', Application: 'Queue', Data: `${Queue},,,,30`, Async: true }
  await ami.sendRaw('Originate', { ...call, ChannelId, OtherChannelId: `${ChannelId}-far` })
  return (await joined).get('Channel') ?? ''
}

/** Does what makes a caller leave, and waits for what is told of it. */
async function leave(ami: Client, channel: string, how: () => Promise<unknown>): Promise<void> {
  const events = ['QueueCallerAbandon', 'QueueCallerLeave'].map((event) =>
    nextEvent(ami, event, (one) => one.get('Channel') === channel),
  )
  await how()
  await Promise.all(events)
}
