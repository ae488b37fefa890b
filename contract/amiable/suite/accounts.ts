import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextEvent, withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'
import { listedActions } from './actions.ts'

const denied = { code: 'AMI_REFUSED', message: /Permission denied/, retryable: false }

/** What accounts with few rights may do. */
export function accounts(target: Target): void {
  const { name } = target
  if (target.accounts.readonly === undefined) {
    test(`${name}: narrow accounts`, { skip: 'it has none that we know of' }, () => {})
    return
  }

  test(`${name}: an account without the right is refused with AMI_REFUSED, and goes on`, () =>
    withClient(
      target,
      async (ami) => {
        await assert.rejects(ami.command('core show version'), denied)
        await assert.rejects(ami.sendRaw('Originate', { Channel: 'Local/wait@default', Application: 'Wait' }), denied)
        await assert.rejects(ami.sendRaw('DBPut', { Family: 'a', Key: 'b', Val: 'c' }), denied)
        await assert.rejects(ami.listRaw('ShowDialPlan', { Context: 'no-such-context' }).toArray(), {
          code: 'AMI_REFUSED',
        })
        assert.equal((await ami.send('CoreStatus')).success, true)
        assert.equal((await ami.send('Ping')).Ping, 'Pong')
      },
      { account: 'readonly' },
    ))

  test(`${name}: ListCommands names fewer actions to an account with fewer rights`, async () => {
    const all = await withClient(target, listedActions)
    const few = await withClient(target, listedActions, { account: 'readonly' })
    assert.ok(few.length < all.length)
    assert.ok(all.includes('Originate') && !few.includes('Originate'))
    assert.ok(few.includes('CoreStatus'))
  })

  if (!target.full) return

  test(`${name}: an account that may only call may call, and not run commands`, () =>
    withClient(
      target,
      async (ami) => {
        await assert.rejects(ami.command('core show version'), denied)
        // those of others come at any time
        const actionId = `calls-${process.pid}`
        const answer = nextEvent(ami, 'OriginateResponse', (event) => event.actionId === actionId)
        const call = { Channel: 'Local/busy@default', Application: 'Wait', Async: true }
        await ami.sendRaw('Originate', call, { actionId })
        assert.equal((await answer).get('Response'), 'Failure')
      },
      { account: 'calls' },
    ))

  test(`${name}: an account that may do nothing still pings and hears`, () =>
    withClient(
      target,
      async (ami) => {
        await assert.rejects(ami.sendRaw('UserEvent', { UserEvent: 'Mine' }), denied)
        await assert.rejects(ami.send('CoreStatus'), denied)
        const came = nextEvent(ami, 'UserEvent', (event) => event.get('UserEvent') === 'Theirs')
        await withClient(target, (other) => other.sendRaw('UserEvent', { UserEvent: 'Theirs' }))
        await came
        assert.equal((await ami.send('Ping')).Ping, 'Pong')
      },
      { account: 'listener' },
    ))
}
