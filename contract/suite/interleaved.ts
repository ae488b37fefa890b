import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from 'amiable'
import { overTls, withClient } from '../support/client.ts'
import type { Target } from '../target.ts'

const kinds: ((ami: Client, mark: string) => Promise<void>)[] = [
  async (ami) => assert.equal((await ami.send('Ping')).Ping, 'Pong'),
  async (ami, mark) => {
    const value = `value of ${mark}`
    await ami.send('Setvar', { Variable: mark, Value: value })
    assert.equal((await ami.send('Getvar', { Variable: mark })).Value, value)
  },
  async (ami) => {
    const { events, completion } = await ami.send('QueueStatus', { Queue: 'support' })
    assert.ok(events.every((row) => row.get('Queue') === 'support'))
    assert.equal(completion?.get('ListItems'), String(events.length))
  },
  async (ami, mark) => {
    await ami.send('DBPut', { Family: 'contract', Key: mark, Val: mark })
    const rows = await ami.list('DBGet', { Family: 'contract', Key: mark }).toArray()
    assert.deepEqual(
      rows.map((row) => row.get('Val')),
      [mark],
    )
    await ami.send('DBDel', { Family: 'contract', Key: mark })
  },
  async (ami) => {
    const lines = await ami.command('core show version')
    assert.match(lines.join('\n'), /^Asterisk /)
  },
  async (ami, mark) => {
    await assert.rejects(ami.sendRaw(`No${mark}`), { code: 'AMI_REFUSED', message: new RegExp(`No${mark}`) })
  },
  async (ami) => {
    let rows = 0
    const list = ami.list('CoreShowChannels')
    for await (const row of list) {
      assert.equal(row.Event, 'CoreShowChannel')
      rows++
    }
    assert.equal(list.completion?.get('ListItems'), String(rows))
  },
]

/** Many actions at once, each with the answer that is its own. */
export function interleaved(target: Target): void {
  const { name } = target

  test(`${name}: two hundred interleaved actions each get their own answer`, () =>
    withClient(target, async (ami) => {
      const work = Array.from({ length: 200 }, (_, i) => (kinds[i % kinds.length] as (typeof kinds)[0])(ami, `V${i}`))
      assert.equal((await Promise.all(work)).length, 200)
    }))

  test(`${name}: an ActionID of the caller's own comes back with the answer`, () =>
    withClient(target, async (ami) => {
      const answers = await Promise.all(
        ['mine', 'a'.repeat(67), '!#$%&()*+,-./:;<=>?@'].map((actionId) => ami.send('Ping', {}, { actionId })),
      )
      assert.deepEqual(
        answers.map((answer) => answer.actionId),
        ['mine', 'a'.repeat(67), '!#$%&()*+,-./:;<=>?@'],
      )
    }))

  test(`${name}: five hundred actions in one go over TLS are all answered`, { skip: noTls(target) }, () =>
    withClient(
      target,
      async (ami) => {
        const work = Array.from({ length: 500 }, async (_, i) => {
          if (i % 5 !== 0) assert.equal((await ami.send('Ping')).Ping, 'Pong')
          // long lines put the cuts at every place
          else await ami.sendRaw('UserEvent', { UserEvent: `Tls${i}`, Body: 'x'.repeat((i * 7) % 950) })
        })
        assert.equal((await Promise.all(work)).length, 500)
      },
      { ...overTls(target), maxInFlight: 500 },
    ),
  )
}

function noTls(target: Target): false | string {
  return target.tls === undefined && `${target.name} has no TLS port`
}
