import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { after, describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { connect, createFleet, updateConfig } from 'amiable'
import { attachAgi } from 'amiable/agi'
import { watch } from 'amiable/state'
import { ManualClock, startServer } from 'amiable/testing'
import { type Args, account, type Case, client, fleets, functions, never, type Stage, tests } from './argument-cases.ts'
import { assertForm } from './argument-form.ts'
import { agi, caller, type ModuleStage, state } from './module-cases.ts'
import { makeAgi } from './public-agi.ts'

async function outcomeOf(one: Case, stage: Stage, args: Args): Promise<{ error: unknown; thrown: boolean }> {
  let promise: unknown
  try {
    promise = one.call(stage, args)
  } catch (error) {
    return { error, thrown: true }
  }
  if (!(promise instanceof Promise)) return { error: undefined, thrown: false }
  return promise.then(
    () => ({ error: undefined, thrown: false }),
    (error: unknown) => ({ error, thrown: false }),
  )
}

/** What a mistake must not change. */
function left({ ami, fleet, clock, server }: Stage): unknown {
  const { roundTrip: _, ...stats } = ami.stats()
  // sockets that an earlier test has closed may go meanwhile
  const handles = process
    .getActiveResourcesInfo()
    .filter((name) => /^(?:Timeout|TCPServerWrap)$/.test(name))
    .sort()
  return { stats, state: ami.state, members: fleet.names, timers: clock.pending, handles, faults: server.faults.active }
}

function mistakes(group: string, cases: Readonly<Record<string, Case>>, stage: () => Stage): void {
  for (const [name, one] of Object.entries(cases)) {
    test(`${group} ${name}: what is wrong is named at once, and nothing is left behind`, async () => {
      const tries: [what: string, args: Args][] = []
      for (const [at, values] of one.wrong.entries()) {
        for (const value of values) tries.push([inspect(value), replaced(one.right, at, value)])
      }
      const at = name === 'createClient' ? 0 : name === 'connect' ? 1 : Math.max(one.right.length - 1, 0)
      for (const [option, values] of Object.entries(one.options ?? {})) {
        for (const value of values) {
          const options = { ...(one.right[at] as object), [option]: value }
          tries.push([`${option}: ${inspect(value)}`, replaced(one.right, at, options)])
        }
      }
      await turn()
      const before = left(stage())
      for (const [what, args] of tries) {
        const { error, thrown } = await outcomeOf(one, stage(), args)
        assertForm(error, `${name}(${what})`)
        assert.equal(thrown, one.rejects !== true, `${name}(${what}) ${thrown ? 'throws' : 'rejects'}`)
      }
      await turn()
      assert.deepEqual(left(stage()), before)
    })
  }
}

function replaced(right: Args, at: number, value: unknown): Args {
  const args = [...right]
  while (args.length < at) args.push(undefined)
  args[at] = value
  return args
}

const server = await startServer()
const options = { ...account, host: '127.0.0.1', port: server.port, keepalive: { interval: 1_000_000 } }
const ami = await connect(options)
const fleet = createFleet([{ ...options, name: 'a' }])
const called = await makeAgi()
// what they send, and the timers by which they do, are no part of what a mistake leaves behind
const other = await connect(options)
const still = new ManualClock()
const watched = watch(other, { clock: still })
for (let ready = watched.ready(); (await Promise.race([ready, turn(1)])) === 1; ) still.advance(1)
const attached = attachAgi(other, never)
const objects = { ...called.objects, AgiAttachment: attached, State: watched, Collection: watched.calls }
const stage: ModuleStage = { server, ami, fleet, clock: new ManualClock(), objects }
after(async () => {
  await Promise.all([watched.close(), attached.close({ timeout: 0 }), called.close()])
  await other.close()
  await Promise.all([ami.close(), fleet.close()])
  await server.close()
})

describe('arguments', () => {
  mistakes('client', client, () => stage)
  mistakes('fleet', fleets, () => stage)
  mistakes('function', functions, () => stage)
  mistakes('amiable/testing', tests, () => stage)
  mistakes('amiable/testing', caller, () => stage)
  mistakes('amiable/agi', agi, () => stage)
  mistakes('amiable/state', state, () => stage)

  test('no signal keeps a listener of a mistake', () => {
    const { signal } = new AbortController()
    assert.throws(() => ami.on('Hangup', never, { signal, once: 5 as never }), { code: 'AMI_ARGUMENT' })
    assert.throws(() => ami.events('Hangup', { signal, capacity: 0 }), { code: 'AMI_ARGUMENT' })
    assert.throws(() => void ami.sendRaw('Ping', { A: {} as never }, { signal }), { code: 'AMI_ARGUMENT' })
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })

  test('no message shows what may be a secret', async () => {
    const users = (value: unknown) => () => startServer({ users: value as never })
    const tries: (() => unknown)[] = [
      () => createFleet([{ ...account, secret: 12_345 as never }]),
      () => ami.sendRaw('UserEvent', 'Pin: 12345' as never),
      () => ami.sendRaw('UserEvent', { Pin: ['12345', {}] as never }),
      () => ami.sendRaw('Originate', { Variable: { PIN: '12345' } as never }),
      () => ami.sendRaw('Originate', {}, { variables: 'PIN=12345' as never }),
      () => ami.sendRaw('Originate', {}, { variables: ['PIN=12345'] as never }),
      () => ami.sendRaw('Originate', {}, { variables: { PIN: 12345n as never } }),
      () => updateConfig(ami, 'a.conf', [{ change: 'append', category: 'a', name: 'secret', value: '12345\n' }]),
      () =>
        updateConfig(ami, 'a.conf', [
          { change: 'update', category: 'a', name: 'x', value: 'x', match: 12_345 as never },
        ]),
      () => server.system.database('family', 'pin', 12_345 as never),
      () => server.channels.setVariable(undefined, 'PIN', 12_345 as never),
      users({ frank: 12_345 }),
      users({ frank: { secret: 12_345 } }),
      users('12345'),
    ]
    await Promise.all(
      tries.map((wrong) =>
        assert.rejects(
          async () => wrong(),
          (error) => {
            assertForm(error, String(wrong))
            assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }).replace(/\n {4}at .*/g, ''), /12_?345/)
            return true
          },
        ),
      ),
    )
  })

  test('a fleet closes at once with no time to wait, and what it closed has ended', async () => {
    const own = createFleet([{ ...options, name: 'b' }])
    await own.connect()
    const pending = own.get('b').sendRaw('Command', { Command: 'core show uptime' })
    pending.catch(() => {})
    await own.close({ timeout: 0 })
    await own.closed
    assert.equal(own.size, 0)
  })
})
