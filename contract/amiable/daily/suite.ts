import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import {
  addEventFilter,
  type ConfigChange,
  connect,
  dbGet,
  type EventFilter,
  getConfig,
  getQueues,
  getVariable,
  hangup,
  type OriginateOutcome,
  updateConfig,
} from 'amiable'
import { until } from '../../../tools/servers/asterisk/process.ts'
import { dial, hangUp } from '../../support/calls.ts'
import { heardBy, nextEvent, optionsFor, withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'
import { reloads } from './reloads.ts'

const waiting = { Application: 'Wait', Data: 1 }
/** Only against hanging. */
const PATIENCE = 30_000

/** What the library does for an Asterisk developer's daily work, for one target. */
export function daily(target: Target): void {
  outcomes(target)
  values(target)
  files(target)
  hangups(target)
  filters(target)
  reloads(target)

  test(`${target.name}: queues as objects`, () =>
    withClient(target, async (ami) => {
      // whoever used this server before may have left its members otherwise than queues.conf has them
      const two = { Queue: 'support', Interface: 'Local/busy@default/n' }
      await ami.send('QueuePenalty', { ...two, Penalty: 1 })
      await ami.send('QueuePause', { ...two, Paused: false })
      const queues = await getQueues(ami)
      const support = queues.find(({ name }) => name === 'support')
      assert.ok(support)
      assert.equal(support.strategy, 'ringall')
      assert.deepEqual(
        support.members.slice(0, 2).map((one) => [one.name, one.interface, one.penalty, one.paused, one.membership]),
        [
          ['Agent One', 'Local/member@default/n', 0, false, 'static'],
          ['Agent Two', 'Local/busy@default/n', 1, false, 'static'],
        ],
      )
      await ami.send('QueuePause', { ...two, Paused: true, Reason: 'tea' })
      const [paused] = await getQueues(ami, { name: 'support' })
      assert.deepEqual([paused?.members[1]?.paused, paused?.members[1]?.pausedReason], [true, 'tea'])
      await ami.send('QueuePause', { ...two, Paused: false })
      assert.deepEqual(await getQueues(ami, { name: 'nowhere' }), [])
      const [sales] = await getQueues(ami, { name: 'sales' })
      assert.deepEqual(sales?.callers, [])
    }))
}

function outcomes(target: Target): void {
  const { name } = target
  const cases: [extension: string, OriginateOutcome][] = [
    ['wait', 'answered'],
    ['dial', 'answered'],
    ['busy', 'busy'],
    ['congestion', 'congestion'],
    ['noanswer', 'noAnswer'],
    ['nonesuch-at-all-x', 'failed'],
  ]
  if (target.full && target.real) {
    cases.pop()
    cases.push(
      ['progress', 'answered'],
      ['early', 'hungUp'],
      ['dialbusy', 'busy'],
      ['dialcongestion', 'congestion'],
      ['cause34', 'congestion'],
      ['cause21', 'hungUp'],
      ['cause1', 'failed'],
      ['cause27', 'failed'],
    )
  }
  for (const [extension, outcome] of cases) {
    test(`${name}: originate of ${extension} is ${outcome}`, () =>
      withClient(target, async (ami) => {
        const Timeout = outcome === 'noAnswer' ? 1_500 : 20_000
        const result = await ami.originate({ Channel: `Local/${extension}@default`, ...waiting, Timeout })
        assert.equal(result.outcome, outcome, result.meaning)
        assert.equal(result.event?.Event, 'OriginateResponse')
        assert.equal(result.event?.get('Uniqueid'), result.Uniqueid)
        if (outcome === 'answered') {
          assert.match(result.Channel, /;1$/)
          // it ends by itself within seconds
          await ami.sendRaw('Hangup', { Channel: result.Uniqueid }, { check: false })
        }
      }))
  }

  for (const Channel of ['Local/nobody@nowhere', 'Nonesuch/1', 'PJSIP/nonesuch']) {
    test(`${name}: originate of ${Channel} fails`, () =>
      withClient(target, async (ami) => {
        const result = await ami.originate({ Channel, ...waiting })
        assert.equal(result.outcome, 'failed', result.meaning)
        assert.equal(result.reason, 0)
      }))
  }

  // main/channel.c:does_id_conflict of 22 compares no further than the new id is long
  test(`${name}: an id that begins another one`, { skip: !target.real && 'the simulator compares whole ids' }, () =>
    withClient(target, async (ami) => {
      const id = `daily-${randomBytes(6).toString('hex')}-1`
      const longer = await ami.originate({ Channel: 'Local/wait@default', ...waiting, Data: 10, ChannelId: `${id}0` })
      const { outcome } = await ami.originate({ Channel: 'Local/busy@default', ...waiting, ChannelId: id })
      assert.equal(outcome, target.version >= 22 ? 'failed' : 'busy')
      await hangup(ami, { channel: longer.Uniqueid })
    }),
  )

  test(`${name}: a hundred calls at once, each with its own outcome`, () =>
    withClient(target, async (ami) => {
      const kinds = ['busy', 'congestion', 'wait'] as const
      const calls = Array.from({ length: 99 }, (_, i) =>
        ami.originate({ Channel: `Local/${kinds[i % 3]}@default`, ...waiting }),
      )
      const results = await Promise.all(calls)
      const expected = ['busy', 'congestion', 'answered']
      assert.deepEqual(
        results.map(({ outcome }) => outcome),
        results.map((_, i) => expected[i % 3]),
      )
      assert.equal(new Set(results.map(({ Uniqueid }) => Uniqueid)).size, 99)
    }))

  test(`${name}: variables reach the channel exactly as given`, () =>
    withClient(target, async (ami) => {
      const value = 'a,b "c" \\d (e'
      const { Channel, Uniqueid } = await ami.originate(
        { Channel: 'Local/wait@default', Application: 'Wait', Data: 10 },
        { variables: { COLOUR: value } },
      )
      assert.equal(await getVariable(ami, 'COLOUR', { channel: Channel }), value)
      await hangup(ami, { channel: Uniqueid })
    }))

  for (const delay of [0, 2, 100]) {
    test(`${name}: abort after ${delay} ms leaves no channel behind`, () =>
      withClient(target, async (ami) => {
        const controller = new AbortController()
        const ChannelId = `daily-${randomBytes(6).toString('hex')}`
        const gone = new Error('changed my mind')
        const call = ami.originate({ Channel: 'Local/noanswer@default', ...waiting, ChannelId }, controller)
        setTimeout(() => controller.abort(gone), delay)
        await assert.rejects(call, (error) => error === gone)
        await until('no channel of it', PATIENCE, async () => {
          const { events } = await ami.send('CoreShowChannels')
          return !events.some(({ Uniqueid }) => Uniqueid.startsWith(ChannelId))
        })
      }))
  }

  test(`${name}: without call events the outcome is unknown, at once`, () =>
    withClient(
      target,
      async (ami) => {
        const result = await ami.originate({ Channel: 'Local/busy@default', ...waiting })
        assert.equal(result.outcome, 'unknown')
      },
      { events: ['user'] },
    ))

  // the same as an account without the read right `call`: OriginateResponse never comes
  test(`${name}: an outcome that never comes is a timeout that says why`, () =>
    withClient(target, async (ami) => {
      await ami.send('Events', { EventMask: 'off' })
      const call = ami.originate({ Channel: 'Local/busy@default', ...waiting }, { timeout: 500 })
      await assert.rejects(call, { code: 'AMI_TIMEOUT', delivered: 'unknown', message: /read right 'call'/ })
    }))

  test(`${name}: an action that is not even tried is refused`, () =>
    withClient(target, (ami) => assert.rejects(ami.originate({ Channel: 'x', ...waiting }), { code: 'AMI_REFUSED' })))

  test(`${name}: an account without the right is refused`, () =>
    withClient(
      target,
      async (ami) => {
        await assert.rejects(ami.originate({ Channel: 'Local/wait@default', ...waiting }), { code: 'AMI_REFUSED' })
      },
      { account: 'readonly' },
    ))
}

function values(target: Target): void {
  const { name } = target
  test(`${name}: a channel's variable: unset, empty, set, and a function`, () =>
    withClient(target, async (ami) => {
      const call = await dial(ami, 'wait', { variables: { EMPTY: '', SHOWN: '(null)' } })
      const { channel } = call
      assert.equal(await getVariable(ami, 'NEVERSET', { channel }), undefined)
      assert.equal(await getVariable(ami, 'EMPTY', { channel }), '')
      assert.equal(await getVariable(ami, 'SHOWN', { channel }), '(null)')
      await ami.send('Setvar', { Channel: channel, Variable: 'COLOUR', Value: 'deep blue, "so to say"' })
      assert.equal(await getVariable(ami, 'COLOUR', { channel }), 'deep blue, "so to say"')
      if (target.real) assert.equal(await getVariable(ami, 'CHANNEL(state)', { channel }), 'Up')
      await hangUp(ami, call)
      await assert.rejects(getVariable(ami, 'COLOUR', { channel: 'Local/nobody@nowhere-1;1' }), { code: 'AMI_REFUSED' })
    }))

  test(`${name}: a global variable`, () =>
    withClient(target, async (ami) => {
      await ami.send('Setvar', { Variable: 'DAILY', Value: 'for all' })
      assert.equal(await getVariable(ami, 'DAILY'), 'for all')
      assert.equal(await getVariable(ami, 'NEVERSET'), '')
    }))

  test(`${name}: the AstDB: a value, an empty one, none`, () =>
    withClient(target, async (ami) => {
      const Family = `daily-${randomBytes(4).toString('hex')}`
      await ami.send('DBPut', { Family, Key: 'one', Val: 'a: b' })
      await ami.send('DBPut', { Family, Key: 'empty', Val: '' })
      assert.equal(await dbGet(ami, Family, 'one'), 'a: b')
      assert.equal(await dbGet(ami, Family, 'empty'), '')
      assert.equal(await dbGet(ami, Family, 'none'), undefined)
      assert.throws(() => ami.send('DBGet', { Family: 'a\r\nb', Key: 'x' }), { code: 'AMI_ARGUMENT' })
      await ami.send('DBDelTree', { Family })
      assert.equal(await dbGet(ami, Family, 'one'), undefined)
    }))
}

function files(target: Target): void {
  const { name } = target
  test(`${name}: a configuration file keeps order and repeated names`, () =>
    withClient(target, async (ami) => {
      const file = await getConfig(ami, 'queues.conf')
      assert.deepEqual(file.categories.map((one) => one.name).slice(0, 3), ['general', 'support', 'sales'])
      assert.equal(file.get('support', 'strategy'), 'ringall')
      assert.equal(file.getAll('support', 'member').length, 2)
      assert.match(file.getAll('support', 'member')[0] ?? '', /^Local\/member@default\/n,0,Agent One/)
      assert.equal(file.get('support', 'nonesuch'), undefined)
      assert.equal(file.get('nonesuch', 'strategy'), undefined)
      const one = await getConfig(ami, 'queues.conf', { category: 'sales' })
      assert.deepEqual(
        one.categories.map((category) => category.name),
        ['sales'],
      )
      assert.deepEqual((await getConfig(ami, 'queues.conf', { category: 'nonesuch' })).categories, [])
      await assert.rejects(getConfig(ami, 'nonesuch.conf'), { code: 'AMI_REFUSED' })
    }))

  test(`${name}: a configuration file is changed, by more than one action can hold`, async (t) => {
    await withClient(target, async (ami) => {
      const filename = 'amiable-daily.conf'
      const made = await ami.send('CreateConfig', { Filename: filename }, { check: false })
      if (!made.success && !target.full) return t.skip(`CreateConfig: ${made.message}`)
      for (const { name: category } of (await getConfig(ami, filename)).categories) {
        await updateConfig(ami, filename, [{ change: 'deleteCategory', category, filter: 'TEMPLATES=include' }])
      }
      const category = 'list'
      const lines = Array.from({ length: 100 }, (_, i) => ({ name: 'member', value: `number ${i} = ${i * i}` }))
      await updateConfig(ami, filename, [
        { change: 'newCategory', category },
        ...lines.map((line): ConfigChange => ({ change: 'append', category, ...line })),
      ])
      const members = (await getConfig(ami, filename)).getAll(category, 'member')
      assert.deepEqual(
        members,
        lines.map(({ value }) => value),
      )
      await updateConfig(ami, filename, [
        { change: 'update', category, name: 'member', match: 'number 3 = 9', value: 'three' },
        { change: 'delete', category, name: 'member', match: 'number 4 = 16' },
        { change: 'insert', category, name: 'first', value: 'before all', line: 0 },
        { change: 'renameCategory', category, to: 'renamed' },
      ])
      const file = await getConfig(ami, filename)
      assert.deepEqual(file.categories[0]?.lines.slice(0, 6), [
        ['first', 'before all'],
        ['member', 'number 0 = 0'],
        ['member', 'number 1 = 1'],
        ['member', 'number 2 = 4'],
        ['member', 'three'],
        ['member', 'number 5 = 25'],
      ])
      await assert.rejects(updateConfig(ami, filename, [{ change: 'emptyCategory', category: 'nonesuch' }]), {
        code: 'AMI_REFUSED',
      })
      await updateConfig(ami, filename, [{ change: 'emptyCategory', category: 'renamed' }])
      assert.deepEqual((await getConfig(ami, filename)).categories[0]?.lines, [])
    })
  })

  if (!target.full || !target.real) return

  test(`${name}: templates, and what is taken from them`, () =>
    withClient(target, async (ami) => {
      const filename = 'amiable-templates.conf'
      await ami.send('CreateConfig', { Filename: filename }, { check: false })
      const inTemplate = { category: 'base', filter: 'TEMPLATES=include' }
      await updateConfig(ami, filename, [
        { change: 'newCategory', category: 'base', template: true },
        { change: 'append', ...inTemplate, name: 'type', value: 'friend' },
        { change: 'newCategory', category: 'one', inherits: ['base'] },
        { change: 'append', category: 'one', name: 'exten', value: '1,1,NoOp()', object: true },
      ])
      const { categories } = await getConfig(ami, filename)
      assert.deepEqual(categories, [
        { name: 'base', template: true, inherits: [], lines: [['type', 'friend']] },
        {
          name: 'one',
          template: false,
          inherits: ['base'],
          lines: [
            ['type', 'friend'],
            ['exten', '1,1,NoOp()'],
          ],
        },
      ])
      await updateConfig(ami, filename, [
        { change: 'deleteCategory', category: 'one' },
        { change: 'deleteCategory', ...inTemplate },
      ])
    }))
}

function hangups(target: Target): void {
  const { name } = target
  test(`${name}: a plain name hangs up one channel, with its cause; a pattern only by its own option`, () =>
    withClient(target, async (ami) => {
      const [one, two, three] = [await dial(ami), await dial(ami), await dial(ami)]
      for (const channel of ['/Local/', '/.*/', '/', '']) {
        assert.throws(() => hangup(ami, { channel }), { code: 'AMI_ARGUMENT', argument: 'channel' })
      }
      assert.throws(() => hangup(ami, { pattern: '' }), { code: 'AMI_ARGUMENT', argument: 'pattern' })
      assert.throws(() => hangup(ami, { channel: one.channel }, { cause: 128 }), { argument: 'cause' })
      const ended = nextEvent(ami, 'Hangup', (event) => event.get('Uniqueid') === one.uniqueid)
      assert.deepEqual(await hangup(ami, { channel: one.channel }, { cause: 42 }), [one.channel])
      assert.equal((await ended).get('Cause'), '42')
      await assert.rejects(hangup(ami, { channel: 'Local/nobody@nowhere-1;1' }), { code: 'AMI_REFUSED' })
      const exactly = (channel: string) => `^${channel.replace(/[.;]/g, '\\$&')}$`
      const pattern = `${exactly(two.channel)}|${exactly(three.channel)}`
      assert.deepEqual((await hangup(ami, { pattern })).sort(), [two.channel, three.channel].sort())
      assert.deepEqual(await hangup(ami, { pattern: '^Nonesuch/' }), [])
    }))
}

function filters(target: Target): void {
  const { name } = target
  const cases: [what: string, filter: EventFilter, heard: string[]][] = [
    ['by name', { action: 'exclude', event: 'UserEvent' }, []],
    ['by a name that is the beginning of another', { action: 'exclude', event: 'User' }, ['r', 'g', 'd']],
    ['exactly', { action: 'exclude', event: 'UserEvent', header: 'Colour', value: 'red' }, ['g', 'd']],
    ['by a beginning', { action: 'exclude', header: 'Colour', method: 'startsWith', value: 'dark ' }, ['r', 'g']],
    ['by an end', { action: 'exclude', event: 'UserEvent', header: 'Colour', method: 'endsWith', value: 'red' }, ['g']],
    ['by a part', { action: 'exclude', header: 'Colour', method: 'contains', value: 'ree' }, ['r', 'd']],
    ['by a regex', { action: 'exclude', header: 'Colour', method: 'regex', value: 'gr..n|dark' }, ['r']],
    ['by a part of the whole', { action: 'exclude', event: 'UserEvent', value: 'Colour: dark' }, ['r', 'g']],
    ['including', { action: 'include', event: 'UserEvent', header: 'Colour', value: 'green' }, ['g']],
    ['including a name', { action: 'include', event: 'UserEvent' }, ['r', 'g', 'd']],
  ]
  for (const [what, filter, expected] of cases) {
    test(`${name}: the server filters events ${what}`, async () => {
      await using speaker = await connect(optionsFor(target))
      await withClient(target, async (ami) => {
        await addEventFilter(ami, filter)
        const heard: string[] = []
        const mark = `Daily${randomBytes(4).toString('hex')}`
        ami.on('UserEvent', (event) => {
          if (event.UserEvent === mark) heard.push(event.get('Short') ?? '')
        })
        for (const [Short, Colour] of [
          ['r', 'red'],
          ['g', 'green'],
          ['d', 'dark red'],
        ] as const) {
          await speaker.send('UserEvent', { UserEvent: mark, Short, Colour })
        }
        await heardBy(ami, speaker)
        assert.deepEqual(heard, expected)
      })
    })
  }

  test(`${name}: a filter that says nothing is refused at once`, () =>
    withClient(target, async (ami) => {
      const wrong: EventFilter[] = [
        { action: 'exclude' },
        { action: 'drop' as 'exclude', event: 'VarSet' },
        { action: 'exclude', event: 'Var(Set)' },
        { action: 'exclude', event: 'VarSet', header: 'Variable' },
        { action: 'exclude', event: 'VarSet', method: 'exact' },
        { action: 'exclude', event: 'VarSet', header: 'a),name(b', value: 'x' },
        { action: 'exclude', event: 'VarSet', header: 'Variable', method: 'like' as 'exact', value: 'x' },
      ]
      for (const filter of wrong) assert.throws(() => addEventFilter(ami, filter), { code: 'AMI_ARGUMENT' })
    }))
}
