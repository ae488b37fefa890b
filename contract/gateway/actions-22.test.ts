// needs: asterisk-22
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { natsObstacle } from '../../tools/servers/nats/nats.ts'
import { withAsterisk } from '../targets.ts'
import { actingGateways, ask, noneTwice } from './actions.ts'

const skip = (await natsObstacle()) ?? false

withAsterisk(22, (target) => {
  test('a gateway is killed among calls under keys: none is made twice', { skip }, async (t) => {
    const { answered, unknown } = await noneTwice(target, '2.15', (close) => t.after(close))
    t.diagnostic(`${answered} answered, ${unknown} unknown`)
    assert.ok(answered > 12, `${answered} answered`)
  })

  test('what is denied does not reach a real Asterisk, and what is allowed gets its answer', { skip }, async (t) => {
    const { connection } = await actingGateways(target, '2.10', (close) => t.after(close))
    const soon = { 'Amiable-Expires': String(Date.now() + 30_000) }
    const codeOf = async (what: string, params: object, given = soon) => {
      // asked once, and answered by a busy machine too
      const reply = await ask(connection, `ami.action.pbx1.${what}`, { params }, given, 30_000)
      return `${reply?.ok ? 'ok' : reply?.error?.code} ${reply?.delivered}`
    }
    assert.equal(await codeOf('read.Ping', {}), 'ok yes')
    assert.equal(await codeOf('read.CoreShowChannels', {}), 'ok yes')
    assert.equal(await codeOf('call.Hangup', { Channel: 'PJSIP/none-1' }), 'AMI_REFUSED yes')
    // each of these would have told a secret, or have hung up or dialled what nobody may
    const denied = [
      codeOf('read.Getvar', { Variable: 'AST_CONFIG(manager.conf,frank,secret)' }),
      codeOf('danger.Getvar', { Variable: 'AST_CONFIG(manager.conf,frank,secret)' }),
      codeOf('danger.Command', { Command: 'core show version' }),
      codeOf('danger.PJSIPShowAuths', {}),
      codeOf('call.Hangup', { Channel: '/.*/' }),
      codeOf('call.Originate', { Channel: 'Local/answered@other', Context: 'default', Exten: 'echo', Priority: 1 }),
      codeOf('call.Originate', { Channel: 'Local/answered@default', Application: 'System', Data: 'true' }),
      codeOf('never.Logoff', {}),
    ]
    for (const code of await Promise.all(denied)) assert.equal(code, 'GW_DENIED no')
    const late = { 'Amiable-Expires': '1700000000000' }
    assert.equal(await codeOf('read.Ping', {}, late), 'GW_EXPIRED no')
    assert.equal(await codeOf('read.Ping', { a: 'b\r\nAction: Logoff' }), 'AMI_ARGUMENT no')
  })
})
