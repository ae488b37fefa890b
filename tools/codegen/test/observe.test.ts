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

test('what an action requires', () => {
  assert.deepEqual(requiredParameters().get('JabberSend'), ['Jabber', 'Message', 'ScreenName'])
  assert.deepEqual(requiredParameters().get('Ping'), [])
})
