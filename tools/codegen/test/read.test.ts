import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mergeActions, mergeEvents } from '../src/merge.ts'
import { action, docs, event, version } from './docs.ts'

describe('one documentation', () => {
  test('nodes of one name are one item with the parameters of all', () => {
    const { actions } = docs(
      action('V', '<parameter name="A"/>') + action('V', '<parameter name="A"/><parameter name="B"/>'),
    )
    assert.deepEqual(
      actions.get('V')?.parameters.map(({ name }) => name),
      ['A', 'B'],
    )
  })

  test('two instances of one event are one', () => {
    const { events } = docs(
      event('L', '<parameter name="A"/>') + event('L', '<parameter name="B"/>', 'EVENT_FLAG_SYSTEM'),
    )
    assert.deepEqual(
      events.get('L')?.headers.map(({ name }) => name),
      ['A', 'B'],
    )
    assert.deepEqual(events.get('L')?.classes, ['call', 'system'])
  })

  test('snapshots, with and without a prefix', () => {
    const { events } = docs(event('D', '<channel_snapshot/><channel_snapshot prefix="Dest"/><bridge_snapshot/>'))
    assert.deepEqual(events.get('D')?.snapshots, [
      { kind: 'channel', prefix: '' },
      { kind: 'channel', prefix: 'Dest' },
      { kind: 'bridge', prefix: '' },
    ])
  })

  test('prose that says when a header is there makes it conditional', () => {
    const { events } = docs(
      event('E', '<parameter name="A"><para>Only present when it rains.</para></parameter><parameter name="B"/>'),
    )
    assert.deepEqual(
      events.get('E')?.headers.map(({ conditional }) => conditional),
      [true, false],
    )
  })
})

describe('several documentations', () => {
  test('a parameter is required where all that have it say so', () => {
    const merged = mergeActions([
      version(
        '22',
        action(
          'A',
          '<parameter name="X" required="true"/><parameter name="Y" required="true"/><parameter name="Z" required="true"/>',
        ),
      ),
      version('16', action('A', '<parameter name="X" required="true"/><parameter name="Y"/>')),
    ])
    assert.deepEqual(
      merged.get('A')?.parameters.map(({ name, required, absent }) => [name, required, absent]),
      [
        ['X', true, []],
        ['Y', false, []],
        ['Z', true, ['16']],
      ],
    )
  })

  test('the newest says of which class an event is; a snapshot may be missing in some', () => {
    const merged = mergeEvents([
      version('22', event('E', '<channel_snapshot/>', 'EVENT_FLAG_CALL')),
      version('16', event('E', '', 'EVENT_FLAG_CEL') + event('Old', '')),
    ])
    assert.deepEqual(merged.get('E')?.classes, ['call'])
    assert.equal(merged.get('E')?.snapshots[0]?.everywhere, false)
    assert.deepEqual(merged.get('Old')?.documentedIn, ['16'])
  })
})
