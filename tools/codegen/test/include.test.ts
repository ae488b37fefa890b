import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { select } from '../src/include.ts'
import { parseXml } from '../src/xml.ts'
import { action, docs, event, include } from './docs.ts'

const id = '<parameter name="ActionID"><para>x</para></parameter>'
const names = (found: readonly { name: string }[] | undefined) => found?.map(({ name }) => name)

describe('includes', () => {
  test('one parameter of an action', () => {
    const found = docs(
      action('Login', id) + action('Ping', include("/docs/manager[@name='Login']/syntax/parameter[@name='ActionID']")),
    )
    assert.deepEqual(names(found.actions.get('Ping')?.parameters), ['ActionID'])
  })

  test('all parameters of an event, without the snapshot beside them', () => {
    const found = docs(
      event('A', '<channel_snapshot/><parameter name="X"/><parameter name="Y"/>') +
        event('B', include("/docs/managerEvent[@name='A']/managerEventInstance/syntax/parameter")),
    )
    assert.deepEqual(names(found.events.get('B')?.headers), ['X', 'Y'])
    assert.deepEqual(found.events.get('B')?.snapshots, [])
  })

  test('through another include', () => {
    const found = docs(
      event('A', '<parameter name="X"/>') +
        event('B', include("/docs/managerEvent[@name='A']/managerEventInstance/syntax/parameter")) +
        event(
          'C',
          `<parameter name="Y"><enumlist>${include("/docs/manager[@name='M']/syntax/parameter[@name='S']/enumlist/enum")}</enumlist></parameter>`,
        ) +
        action('M', '<parameter name="S"><enumlist><enum name="on"/><enum name="off"/></enumlist></parameter>'),
    )
    assert.deepEqual(names(found.events.get('B')?.headers), ['X'])
    assert.deepEqual(found.events.get('C')?.headers[0]?.values, ['on', 'off'])
  })

  test('without the leading slash, and by a part of the name', () => {
    const found = docs(
      event('A', '<parameter name="ReportXOne"/><parameter name="ReportXTwo"/><parameter name="Other"/>') +
        event('B', include("docs/managerEvent[@name='A']/managerEventInstance/syntax/parameter[@name='Other']")) +
        event(
          'C',
          include("/docs/managerEvent[@name='A']/managerEventInstance/syntax/parameter[contains(@name, 'ReportX')]"),
        ),
    )
    assert.deepEqual(names(found.events.get('B')?.headers), ['Other'])
    assert.deepEqual(names(found.events.get('C')?.headers), ['ReportXOne', 'ReportXTwo'])
  })

  test('a list of what an action answers, each a whole event', () => {
    const found = docs(
      event('Row', '<parameter name="X"/>') +
        action(
          'List',
          '',
          `<responses><list-elements>${include("/docs/managerEvent[@name='Row']")}</list-elements>${event('ListComplete', '')}</responses>`,
        ),
    )
    assert.deepEqual(found.actions.get('List')?.rows, ['Row'])
    assert.equal(found.actions.get('List')?.completion, 'ListComplete')
    assert.ok(found.events.has('ListComplete'))
  })

  test('by position, and anything at all', () => {
    const root = parseXml('<docs><manager name="M"><para>1</para><para>2</para></manager></docs>')
    assert.deepEqual(select(root, "xpointer(/docs/manager[@name='M']/para[2])")[0]?.text, '2')
    assert.equal(select(root, "xpointer(/docs/manager[@name='M']/node())").length, 2)
  })

  test('what leads nowhere, in a circle or is written otherwise is an error', () => {
    assert.throws(() => docs(event('A', include("/docs/managerEvent[@name='B']"))), /nothing at/)
    assert.throws(() => docs(event('A', include('//parameter'))), /form that is not known/)
    const circle = "/docs/managerEvent[@name='A']/managerEventInstance/syntax/xi:include"
    assert.throws(() => docs(event('A', include(circle))), /form that is not known|include each other/)
  })
})
