import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Observer, requiredParameters } from '../src/observe.ts'

test('what the catalog does not know is told', () => {
  const observer = new Observer()
  observer.seeCapture(
    'Asterisk Call Manager/11.0.0\r\n' +
      'Response: Success\r\n\r\n' +
      'Event: Brand New\r\nX: 1\r\n\r\n' +
      'Event: MusicOnHoldStop\r\nPrivilege: agent,all\r\nFoo: bar\r\n\r\n' +
      'Event: QueueStatusComplete\r\nActionID: 1\r\nEventList: Complete\r\nListItems: 0\r\n\r\n',
  )
  const gaps = observer.gaps()
  assert.deepEqual(
    gaps.filter((gap) => !gap.includes('always')),
    ['Brand New: unknown event', 'MusicOnHoldStop: unknown header Foo', 'MusicOnHoldStop: class agent'],
  )
  assert.ok(gaps.includes('MusicOnHoldStop: Channel is not always there'))
})

test('values that are not what the catalog says are told, each once', () => {
  const observer = new Observer()
  const row = (Penalty: string, Membership: string): [string, string][] => [
    ['Penalty', Penalty],
    ['Membership', Membership],
  ]
  for (const status of ['GOTO:other^1^1', 'GONE']) observer.see('DialEnd', [['DialStatus', status]])
  for (const penalty of ['1', '-1', '0.5', ' 7', 'high', 'high']) observer.see('QueueMember', row(penalty, 'static'))
  observer.see('QueueMember', row('', 'lifelong'))
  observer.seeReply('Ping', [
    ['Ping', 'Pung'],
    ['Timestamp', 'now'],
    ['Pong', ''],
  ])
  observer.seeReply('CoreSettings', [['CoreCDRenabled', 'maybe']])
  assert.deepEqual(
    observer.gaps().filter((gap) => !gap.includes('always')),
    [
      '>CoreSettings: CoreCDRenabled has an unlisted value: maybe',
      '>Ping: Ping has an unlisted value: Pung',
      '>Ping: Timestamp is not a number: now',
      '>Ping: unknown header Pong',
      'DialEnd: DialStatus has an unlisted value: GONE',
      'QueueMember: Penalty is not a number: high',
      'QueueMember: Penalty is not a number: ',
      'QueueMember: Membership has an unlisted value: lifelong',
    ],
  )
})

test('what an action requires', () => {
  assert.deepEqual(requiredParameters().get('JabberSend'), ['Jabber', 'Message', 'ScreenName'])
  assert.deepEqual(requiredParameters().get('Ping'), [])
})
