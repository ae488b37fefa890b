import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { type ActionError, connect } from 'amiable'
import { nextEvent, optionsFor, withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

/** What an account may not do is refused by name; what it may not hear does not come. */
export function rights(target: Target): void {
  const { name } = target
  const has = (account: string) => (account in target.accounts ? false : `${name} has no account ${account}`)

  for (const [action, params, needs] of [
    ['Originate', { Channel: 'Local/quick@default', Application: 'Hangup' }, 'originate'],
    ['Command', { Command: 'core show version' }, 'command'],
    ['GetConfig', { Filename: 'manager.conf' }, 'system or config'],
    ['DBPut', { Family: 'contract', Key: 'k', Val: 'v' }, 'system'],
  ] as const) {
    test(
      `${name}: ${action} of a narrow account is refused, with the class that it lacks`,
      { skip: has('readonly') },
      () =>
        withClient(
          target,
          async (ami) => {
            const error = await ami.sendRaw(action, params).then(
              () => assert.fail(`${action} was allowed`),
              (reason: ActionError<{ message: string; success: boolean }>) => reason,
            )
            assert.equal(error.code, 'AMI_REFUSED')
            assert.equal(error.response.message, 'Permission denied')
            assert.equal(error.response.success, false)
            assert.ok(error.message.includes(needs), error.message)
            assert.equal((await ami.send('Ping')).Ping, 'Pong')
          },
          { account: 'readonly' },
        ),
    )
  }

  test(`${name}: { check: false } resolves a refusal`, { skip: has('readonly') }, () =>
    withClient(
      target,
      async (ami) => {
        const answer = await ami.sendRaw('Command', { Command: 'core show version' }, { check: false })
        assert.equal(answer.success, false)
        assert.equal(answer.message, 'Permission denied')
      },
      { account: 'readonly' },
    ),
  )

  test(`${name}: a login without events hears none, one with a mask hears its classes`, async () => {
    await using deaf = await connect(optionsFor(target, { events: 'off' }))
    await using dialplan = await connect(optionsFor(target, { events: ['dialplan'] }))
    await using user = await connect(optionsFor(target, { events: ['user', 'call'] }))
    const heard = { deaf: [] as string[], dialplan: [] as string[] }
    deaf.on('*', (event) => heard.deaf.push(event.Event))
    dialplan.on('*', (event) => heard.dialplan.push(event.Event))
    const mark = `Mask${randomUUID()}`
    const reached = nextEvent(user, 'UserEvent', (event) => event.UserEvent === mark)
    await user.sendRaw('UserEvent', { UserEvent: mark })
    await reached
    // each session has its own queue, and an answer comes behind the events that were queued before it
    await Promise.all([deaf.send('Ping'), dialplan.send('Ping')])
    assert.deepEqual(heard.deaf, [])
    assert.ok(!heard.dialplan.includes('UserEvent'))
  })

  test(`${name}: an account with an event filter does not hear what it filters`, {
    skip: has('filtered'),
  }, async () => {
    await using filtered = await connect(optionsFor(target, { account: 'filtered' }))
    await using full = await connect(optionsFor(target))
    const heard = new Set<string>()
    filtered.on('*', (event) => heard.add(event.Event))
    const uniqueid = randomUUID()
    const isOver = (event: { get(name: string): string | undefined }) => event.get('Uniqueid') === uniqueid
    const over = [
      nextEvent(filtered, 'Hangup', isOver),
      nextEvent(full, 'VarSet', isOver),
      nextEvent(full, 'Hangup', isOver),
    ]
    const channel = { Channel: 'Local/quick@default/n', Application: 'Hangup', Async: true, ChannelId: uniqueid }
    await full.sendRaw('Originate', channel, { variables: { SEEN: 'yes' } })
    await Promise.all(over)
    assert.ok(heard.has('Newchannel'))
    assert.ok(!heard.has('VarSet') && !heard.has('Newexten'))
  })
}
