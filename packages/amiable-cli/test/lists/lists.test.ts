import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionFacts } from 'amiable/catalog'
import { headersOf } from '../../src/catalog/fields.ts'
import { findList, listNames, saysNone } from '../../src/lists/find-list.ts'
import { seenColumns } from '../../src/lists/seen-columns.ts'
import { SHORT_LISTS, spoken } from '../../src/lists/short-lists.ts'

for (const [name, { action, event, columns, name: naming, sort }] of Object.entries(SHORT_LISTS)) {
  test(`every header that ${name} reads is one of its rows`, () => {
    const facts = actionFacts(action)
    assert.ok(facts?.completion)
    const rows = event === undefined ? facts.rows : [event]
    if (event !== undefined) assert.ok(facts.rows.includes(event))
    const known = new Set(rows.flatMap((row) => (headersOf(row) ?? []).map((field) => field.name)))
    const asked = new Set([naming, ...(sort === undefined ? [] : [sort])])
    const row = { get: (header: string) => [...asked.add(header)].at(-1) }
    for (const column of columns) column.value(row)
    assert.deepEqual(
      [...asked].filter((header) => !known.has(header)),
      [],
    )
  })
}

test('a list is found by its short name and by its action, in any case of letters', () => {
  assert.equal(findList('Channels').action, 'CoreShowChannels')
  assert.equal(findList('coreshowchannels').action, 'CoreShowChannels')
  assert.ok(findList('channels').headers.includes('Uniqueid'))
  assert.throws(() => findList('chanels'), /there is no list chanels; did you mean channels\?/)
  assert.throws(() => findList('Ping'), { hints: ['Ping answers with no list: amiable send Ping'] })
  assert.ok(listNames().length > 60)
})

test('a refusal that says that there are none is no failure', () => {
  for (const none of [
    'No active conferences.',
    'No Contacts found\n',
    'No endpoints found',
    'No dialplan hints are available',
  ]) {
    assert.ok(saysNone(none), none)
  }
  for (const failure of [
    'No such channel',
    'No Conference by that name found.',
    'Permission denied',
    'No channel specified',
  ]) {
    assert.ok(!saysNone(failure), failure)
  }
})

test('a caller is a name with a number, or what is known of both', () => {
  assert.deepEqual(
    [
      spoken('Ann', '100'),
      spoken('', '100'),
      spoken('<unknown>', '100'),
      spoken('Ann', '<unknown>'),
      spoken('100', '100'),
      spoken(),
    ],
    ['Ann <100>', '100', '100', 'Ann', '100', ''],
  )
})

test('of unknown rows the first headers that say something are columns', () => {
  const row = (Event: string, headers: [string, string][]) => ({
    Event,
    headers: [['Event', Event], ['ActionID', '1'], ...headers] as [string, string][],
    get: (name: string) => (name === 'Event' ? Event : headers.find(([one]) => one === name)?.[1]),
  })
  const titles = (...rows: ReturnType<typeof row>[]) => seenColumns(rows).map(({ title }) => title)
  assert.deepEqual(
    titles(
      row('A', [
        ['X', '1'],
        ['Y', ''],
      ]),
    ),
    ['X'],
  )
  assert.deepEqual(titles(row('A', [['X', '1']]), row('B', [['Z', '1']])), ['Event', 'X', 'Z'])
})
