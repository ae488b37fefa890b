import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  actionFacts,
  allActions,
  allEvents,
  eventFacts,
  hasVersion,
  headerNames,
  isEscaped,
} from '../../src/catalog/facts.ts'

describe('actions', () => {
  test('by name, in any case of letters', () => {
    assert.deepEqual(actionFacts('queuestatus'), {
      name: 'QueueStatus',
      privileges: [],
      since: [],
      removed: undefined,
      rows: ['QueueParams', 'QueueMember', 'QueueEntry'],
      completion: 'QueueStatusComplete',
      replacedBy: undefined,
      reads: true,
      twice: false,
      slow: undefined,
      ending: undefined,
    })
    assert.equal(actionFacts('QueueStats'), undefined)
  })

  test('privileges: any one of them', () => {
    assert.deepEqual(actionFacts('Status')?.privileges, ['system', 'call', 'reporting'])
  })

  test('what acts twice is never said to read', () => {
    assert.deepEqual(
      allActions().filter(({ reads, twice }) => reads && twice),
      [],
    )
    assert.equal(actionFacts('MixMonitor')?.twice, true)
    assert.equal(actionFacts('QueuePause')?.twice, false)
    assert.equal(actionFacts('QueuePause')?.reads, false)
  })

  test('what blocks a session, and for how long', () => {
    assert.equal(actionFacts('Reload')?.slow, 'always')
    assert.deepEqual(actionFacts('Getvar')?.slow, { calls: 'Variable' })
    assert.deepEqual(actionFacts('Originate')?.slow, {
      lasts: 'Timeout',
      unit: 'ms',
      otherwise: 30_000,
      unless: 'Async',
    })
    assert.deepEqual(actionFacts('WaitEvent')?.slow, {
      lasts: 'Timeout',
      unit: 's',
      otherwise: undefined,
      unless: undefined,
    })
  })

  test('how a reply ends that does not say so', () => {
    const unusual = allActions().filter(({ ending }) => ending !== undefined)
    assert.deepEqual(
      unusual.map(({ name, ending }) => `${name} ${ending}`),
      [
        'CoreShowChannelMap fused',
        'FAXSession open',
        'FAXStats open',
        'IAXnetstats raw',
        'IAXpeers nameless',
        'JabberSend verdict',
        'SKINNYdevices fused',
        'SKINNYlines fused',
        'SKINNYshowdevice raw',
        'SKINNYshowline raw',
        'WaitEvent bare',
      ],
    )
  })

  test('one that went, and what does the same', () => {
    const facts = actionFacts('SIPpeers')
    assert.equal(facts?.removed, '21')
    assert.equal(facts?.replacedBy, 'PJSIPShowEndpoints')
  })

  test('every row and every end of a list is an event of the catalog', () => {
    for (const { name, rows, completion } of allActions()) {
      for (const event of [...rows, ...(completion ? [completion] : [])]) {
        assert.ok(eventFacts(event)?.listedBy.includes(name), `${event} of ${name}`)
      }
    }
  })

  test('what replaces an action is there', () => {
    for (const { name, replacedBy } of allActions()) {
      if (replacedBy) assert.ok(actionFacts(replacedBy), `${name} is replaced by ${replacedBy}`)
    }
  })
})

describe('events', () => {
  test('classes: all of them; rows need none', () => {
    assert.deepEqual(eventFacts('Hangup')?.classes, ['call'])
    assert.deepEqual(eventFacts('VoicemailPasswordChange')?.classes, ['system', 'user'])
    assert.deepEqual(eventFacts('QueueMember')?.classes, [])
    assert.deepEqual(eventFacts('QueueMember')?.listedBy, ['QueueStatus'])
  })

  test('the spelling of the wire', () => {
    assert.equal(eventFacts('NewExten')?.name, 'Newexten')
  })

  test('every event comes by a class or in a list', () => {
    for (const { name, classes, listedBy } of allEvents()) assert.ok(classes.length + listedBy.length > 0, name)
  })
})

describe('which version has what', () => {
  const map = actionFacts('CoreShowChannelMap')

  for (const [version, has] of [
    ['16.28.0', false],
    ['18.18.9', false],
    ['18.19.0', true],
    ['18', true],
    ['19.8.1', false],
    ['20.3.9', false],
    ['20.4', true],
    ['21.0.0', true],
    ['22.10.1', true],
  ] as const) {
    test(`CoreShowChannelMap ${has ? 'is' : 'is not'} in ${version}`, () => {
      assert.equal(map && hasVersion(map, version), has)
    })
  }

  test('until it is removed', () => {
    const monitor = actionFacts('Monitor')
    assert.ok(monitor)
    assert.equal(hasVersion(monitor, '20.20.1'), true)
    assert.equal(hasVersion(monitor, '21.0.0'), false)
    assert.equal(hasVersion(monitor, '22'), false)
  })
})

describe('what Asterisk escapes', () => {
  // seen on the wire of 22.10.1 and 16.28 with a caller called O'Brien "x" and variables to match
  const escaped = [
    'Newchannel CallerIDName',
    'Newchannel ConnectedLineName',
    'Newchannel ChanVariable',
    'DialBegin DestCallerIDName',
    'LocalBridge LocalTwoChanVariable',
    'ParkedCall ParkeeConnectedLineName',
    'Status CallerIDName',
    'Status ChanVariable',
    'CoreShowChannel ConnectedLineName',
    'ConfbridgeList CallerIDName',
    'BridgeInfoChannel ChanVariable',
    'VarSet Value',
    'NewCallerid CallerIDName',
    'SomethingNew CallerIDName',
  ]
  const raw = [
    'Status EffectiveConnectedLineName',
    'Status Variable',
    'OriginateResponse CallerIDName',
    'OriginateResponse ChanVariable(Local/1@x-1;1)',
    'QueueEntry CallerIDName',
    'CEL CallerIDname',
    'Cdr CallerID',
    'MCID MCallerIDName',
    'MeetmeList ConnectedLineName',
    'DBGetResponse Val',
    'Hangup Value',
  ]
  for (const one of escaped) test(one, () => assert.equal(isEscaped(...(one.split(' ') as [string, string])), true))
  for (const one of raw)
    test(`not ${one}`, () => assert.equal(isEscaped(...(one.split(' ') as [string, string])), false))
})

test('the names of headers, each once', () => {
  const names = headerNames()
  for (const name of ['Event', 'Uniqueid', 'DestChannel', 'Cause-txt', 'AMIversion', '100rel'])
    assert.ok(names.includes(name), name)
  assert.equal(new Set(names).size, names.length)
})
