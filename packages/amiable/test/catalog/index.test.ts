import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  actionFacts,
  actions,
  agiCommandFacts,
  agiCommands,
  events,
  isAvailable,
  rightsFor,
  summaryOf,
} from '../../src/catalog/index.ts'

test('actions and events by their names', () => {
  assert.equal(actions.QueueStatus, actionFacts('queuestatus'))
  assert.deepEqual(events['AOC-D'].classes, ['aoc'])
  assert.ok(Object.keys(actions).length > 160 && Object.keys(events).length > 240)
  assert.equal('constructor' in actions, false)
  assert.ok(Object.entries(actions).every(([name, facts]) => facts.name === name))
})

test('AGI commands by their names', () => {
  assert.equal(Object.keys(agiCommands).length, 47)
  assert.equal(agiCommands['GET DATA'], agiCommandFacts('get data'))
  assert.deepEqual(agiCommands['WAIT FOR DIGIT'].words, ['WAIT', 'FOR', 'DIGIT'])
  assert.deepEqual([agiCommands.GOSUB.least, agiCommands.GOSUB.most, agiCommands.GOSUB.module], [3, 4, 'app_stack'])
  assert.equal(agiCommands.EXEC.most, undefined)
  // res_agi.c:agi_handle_command: the last column of commands[]; launch_asyncagi: who returns RESULT_FAILURE
  const named = (flag: 'dead' | 'fails') => Object.values(agiCommands).flatMap((one) => (one[flag] ? [one.name] : []))
  assert.equal(named('dead').length, 13)
  assert.ok(named('dead').includes('GET FULL VARIABLE') && !named('dead').includes('CHANNEL STATUS'))
  assert.ok(named('fails').includes('STREAM FILE') && !named('fails').includes('GET DATA'))
  assert.equal(agiCommandFacts('GET'), undefined)
})

test('a line of ours about an action, an event or an AGI command, in any case of letters', () => {
  assert.match(summaryOf('queuestatus') ?? '', /^Returns queues/)
  assert.match(summaryOf('Newchannel') ?? '', /^A channel/)
  assert.match(summaryOf('get data') ?? '', /^Plays a prompt/)
  assert.match(summaryOf('Hangup') ?? '', /^Hangs up a channel/)
  assert.match(summaryOf('hangup', 'event') ?? '', /^A channel has ended/)
  assert.match(summaryOf('hangup', 'agi') ?? '', /^Hangs this channel up/)
  assert.equal(summaryOf('Newchannel', 'action'), undefined)
  assert.throws(() => summaryOf('Hangup', 'rows' as never), /kind must be/)
  assert.equal(summaryOf('NobodyKnowsThis'), undefined)
  assert.equal(summaryOf(''), undefined)
})

test('which version has what, by name', () => {
  assert.equal(isAvailable('CoreShowChannelMap', '22'), true)
  assert.equal(isAvailable('CoreShowChannelMap', '16.28.0'), false)
  assert.equal(isAvailable('sippeers', '20'), true)
  assert.equal(isAvailable('SIPpeers', '22.10.1'), false)
  assert.equal(isAvailable('Hangup', '16'), true)
  assert.equal(isAvailable('Ping', '22', 'event'), false)
  assert.equal(isAvailable('Ping', '22', 'action'), true)
  assert.equal(isAvailable('Newchannel', '22', 'action'), false)
  assert.equal(isAvailable('NobodyKnowsThis', '22'), false)
})

describe('rightsFor', () => {
  const notesOf = (...asked: Parameters<typeof rightsFor>) => rightsFor(...asked).notes.map(({ name }) => name)

  test('of nothing is nothing', () => {
    assert.deepEqual(rightsFor({}), { read: [], write: [], notes: [], unknown: [], unavailable: [] })
  })

  test('of a dialer', () => {
    const { read, write, unknown } = rightsFor({
      actions: ['Originate', 'Hangup'],
      events: ['OriginateResponse', 'Hangup', 'DialEnd'],
    })
    assert.deepEqual({ read, write, unknown }, { read: ['call'], write: ['call', 'originate'], unknown: [] })
  })

  for (const [names, write] of [
    // any one class does, and the weakest is taken
    ['CoreStatus', ['reporting']],
    ['Hangup', ['call']],
    ['Status', ['reporting']],
    ['GetConfig', ['config']],
    // one that is needed anyhow does for others too
    ['CoreStatus DBPut', ['system']],
    ['Status Redirect', ['call']],
    ['Status Redirect CoreStatus', ['call', 'reporting']],
    // open to every account
    ['QueueStatus Ping', []],
  ] as const) {
    test(`${names}: write = ${write.join()}`, () => {
      assert.deepEqual(rightsFor({ actions: names.split(' ') }).write, write)
    })
  }

  test('an event needs all of its classes', () => {
    assert.deepEqual(rightsFor({ events: ['VoicemailPasswordChange', 'Newchannel'] }).read, ['call', 'system', 'user'])
  })

  test('notes what the classes do not open, until they are granted', () => {
    assert.deepEqual(notesOf({ actions: ['Originate'] }), ['Originate', 'Originate'])
    assert.deepEqual(notesOf({ actions: ['Originate', 'MixMonitor'], events: ['Hangup'] }), [])
    assert.deepEqual(rightsFor({ actions: ['Originate'] }).notes[0]?.write, ['system'])
    assert.deepEqual(notesOf({ actions: ['AGI'] }), ['AGI'])
  })

  test('notes that a row only comes to who asks for it', () => {
    assert.deepEqual(notesOf({ events: ['QueueMember'] }), ['QueueMember'])
    assert.deepEqual(notesOf({ events: ['QueueMember'], actions: ['QueueStatus'] }), [])
  })

  test('tells what nobody knows and what a version lacks, and asks no right for it', () => {
    assert.deepEqual(rightsFor({ actions: ['Monitor', 'Nonsense', 'ping'], events: ['Nope'], version: '22' }), {
      read: [],
      write: [],
      notes: [],
      unknown: ['Nonsense', 'Nope'],
      unavailable: ['Monitor'],
    })
    assert.deepEqual(rightsFor({ actions: ['Monitor'], version: '20' }).write, ['call'])
  })
})
