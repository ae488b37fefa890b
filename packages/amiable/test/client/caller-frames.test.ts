import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Client } from '../../src/client/client.ts'
import { getConfig } from '../../src/client/helpers/config-file.ts'
import { addEventFilter } from '../../src/client/helpers/event-filter.ts'
import { hangup } from '../../src/client/helpers/hangup.ts'
import { getQueues } from '../../src/client/helpers/queues.ts'
import { reload } from '../../src/client/helpers/reload.ts'
import { dbGet, getVariable } from '../../src/client/helpers/stored-values.ts'
import { updateConfig } from '../../src/client/helpers/update-config.ts'
import { settle } from '../../src/testing/time/settle.ts'
import type { Peer } from '../support/peer.ts'
import { Rig, readyRig } from '../support/rig.ts'

/** What a caller gets who awaits, and the first line of its stack. */
async function stackOf(failing: () => Promise<unknown>): Promise<string[]> {
  const error = await failing().then(
    () => assert.fail('nothing failed'),
    (reason) => reason as Error,
  )
  const { stack = '' } = error
  assert.ok(stack.startsWith(`${error.name}: ${error.message}\n`), stack)
  return stack.split('\n').filter((line) => line.startsWith('    at '))
}

const params = { Channel: 'Local/1@default', Application: 'Wait', Data: 1 }

const calls: Record<string, (client: Client) => Promise<unknown>> = {
  send: async function dialTheCustomer(client) {
    await client.send('Hangup', { Channel: 'no/1' })
  },
  sendRaw: async function dialTheCustomer(client) {
    await client.sendRaw('Hangup', { Channel: 'no/1' })
  },
  'several at once': async function dialTheCustomer(client) {
    await Promise.all([client.send('Hangup', { Channel: 'no/1' })])
  },
  command: async function dialTheCustomer(client) {
    await client.command('core show version')
  },
  'toArray of list': async function dialTheCustomer(client) {
    await client.list('Status').toArray()
  },
  'the loop over list': async function dialTheCustomer(client) {
    for await (const _ of client.list('Status')) assert.fail('a row')
  },
  'send, not awaited': function dialTheCustomer(client) {
    return client.send('Hangup', { Channel: 'no/1' }).catch((error) => {
      throw error
    })
  },
  'send, handed on': function dialTheCustomer(client) {
    return client.send('Hangup', { Channel: 'no/1' }).then((reply) => reply.message)
  },
  'command, not awaited': function dialTheCustomer(client) {
    return client.command('core show version').finally(() => {})
  },
  'toArray of list, not awaited': function dialTheCustomer(client) {
    return client.list('Status').toArray().then()
  },
  originate: async function dialTheCustomer(client) {
    await client.originate(params)
  },
  'originate, not awaited': function dialTheCustomer(client) {
    return client.originate(params)
  },
}

/** Each helper, handed on and awaited. */
const helpers: Record<string, (client: Client) => Promise<unknown>> = {
  addEventFilter: (client) => addEventFilter(client, { action: 'exclude', event: 'VarSet' }),
  dbGet: (client) => dbGet(client, 'family', 'key'),
  getConfig: (client) => getConfig(client, 'queues.conf'),
  getQueues: (client) => getQueues(client),
  getVariable: (client) => getVariable(client, 'NAME'),
  hangup: (client) => hangup(client, { channel: 'PJSIP/1' }),
  reload: (client) => reload(client, 'app_queue'),
  updateConfig: (client) => updateConfig(client, 'a.conf', [{ change: 'newCategory', category: 'a' }]),
}

for (const [name, help] of Object.entries(helpers)) {
  calls[name] = async function dialTheCustomer(client) {
    await help(client)
  }
  calls[`${name}, not awaited`] = function dialTheCustomer(client) {
    return help(client).catch((error) => {
      throw error
    })
  }
}

const failures: Record<string, (peer: Peer, rig: Rig) => Promise<void>> = {
  refused: async (peer) => peer.reply(await peer.next(), 'Error', 'Message: no'),
  'timed out': async (_, rig) => rig.clock.tick(200_000),
  lost: async (peer) => peer.end(),
  closed: async (_, rig) => rig.client.destroy(),
}

for (const [how, fail] of Object.entries(failures)) {
  describe(`the error of a call that is ${how} shows its caller's line first`, () => {
    for (const [what, call] of Object.entries(calls)) {
      test(what, async () => {
        await using rig = await readyRig({ keepalive: { interval: 600_000 } })
        const stack = stackOf(() => call(rig.client))
        await settle()
        await fail(rig.peer, rig)
        const frames = await stack
        const own = frames.filter((frame) => !/Promise\.|Function\.all|Client\.|EventList/.test(frame))
        assert.match(own[0] ?? '', /dialTheCustomer/, frames.join('\n'))
        assert.doesNotMatch(frames.join('\n'), /Decoder|Correlation/)
      })
    }
  })
}

test('so does that of a connect, for whoever began it', async () => {
  await using rig = new Rig({ reconnect: false })
  async function startTheService(): Promise<void> {
    await rig.client.connect()
  }
  const stack = stackOf(startTheService)
  ;(await rig.nextPeer()).end()
  assert.match((await stack)[0] ?? '', /startTheService/)
})

test('calls that end together have an error each', async () => {
  await using rig = new Rig({ reconnect: () => 60_000 })
  const connected = rig.client.connect()
  const errors: unknown[] = []
  for (let i = 0; i < 2; i++) rig.client.send('Ping').catch((error) => errors.push(error))
  rig.client.destroy()
  await assert.rejects(connected, { code: 'AMI_CLOSED' })
  await settle()
  assert.equal(errors.length, 2)
  assert.notEqual(errors[0], errors[1])
})

test('a reason of an abort is left as it is', async () => {
  await using rig = await readyRig()
  const reason = new Error('mine')
  const { stack } = reason
  const controller = new AbortController()
  const call = rig.client.send('Ping', undefined, { signal: controller.signal })
  controller.abort(reason)
  await assert.rejects(call, reason)
  assert.equal(reason.stack, stack)
})
