import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventFilter } from 'amiable'
import { selectionOf } from '../../src/events/selection.ts'
import { serverFiltersOf } from '../../src/events/server-filter.ts'
import { expressionOf } from '../../src/where/expression.ts'

interface Asked {
  readonly names?: readonly string[]
  readonly not?: readonly string[]
  readonly where?: readonly string[]
  readonly grep?: string
}

/** The filters, one a line. */
function filters({ names = [], not = [], where = [], grep }: Asked): string[] {
  const selection = selectionOf({ names, not, classes: [] })
  return serverFiltersOf({ names, not, selection, expressions: where.map(expressionOf), grep }).map(
    ({ action, event = '', header = '', method = '', value = '' }) =>
      [action, event, header, method, value].filter((part) => part !== '').join(' '),
  )
}

for (const [what, asked, wanted] of [
  ['names', { names: ['hangup', 'Dial?n*'] }, ['include DialEnd', 'include Hangup']],
  ['a name that nobody knows', { names: ['MyOwn'] }, ['include MyOwn']],
  ['--not', { not: ['VarSet', 'DialE*'] }, ['exclude VarSet', 'exclude DialEnd']],
  ['names without --not', { names: ['DialB*', 'DialE*'], not: ['DialEnd'] }, ['include DialBegin']],
  ['a value', { where: ['Queue=sales'] }, ['include Queue exact sales']],
  ['values', { where: ['Queue=sales,support'] }, ['include Queue exact sales', 'include Queue exact support']],
  ['a beginning', { where: ['Channel=PJSIP/100-*'] }, ['include Channel startsWith PJSIP/100-']],
  ['an end', { where: ['Context=*-internal'] }, ['include Context endsWith -internal']],
  ['a part', { where: ['Context=*internal*'] }, ['include Context contains internal']],
  ['a value of names', { names: ['Hangup'], where: ['Cause=16'] }, ['include Hangup Cause exact 16']],
  ['the header in another case', { names: ['Hangup'], where: ['cause=16'] }, ['include Hangup Cause exact 16']],
  ['no value', { where: ['Queue!=sales,su*'] }, ['exclude Queue exact sales', 'exclude Queue startsWith su']],
  [
    'both',
    { names: ['Hangup'], where: ['Context=a', 'Cause=16', 'Channel!=Local/*'] },
    ['include Hangup Context exact a', 'exclude Channel startsWith Local/'],
  ],
  ['a text', { grep: '<100>' }, ['include contains <100>']],
  ['a text of names', { names: ['Hangup'], grep: 'PJSIP/100' }, ['include Hangup contains PJSIP/100']],
  // what a server cannot compare as a watch does: the names alone
  ...[
    'Cause~^1',
    'Cause>15',
    'Cause',
    '!Cause',
    'Cause=1?',
    'Cause=',
    'Cause= 16',
    'Cause=ä',
    '*ause=16',
    'var:A=7',
  ].map((where) => [`not ${where}`, { names: ['Hangup'], where: [where] }, ['include Hangup']] as const),
  ['not a header that no such event has', { names: ['Hangup'], where: ['Queue=sales'] }, ['include Hangup']],
  ['not half of the values', { names: ['Hangup'], where: ['Cause=16,1?'] }, ['include Hangup']],
  [
    'not more than fifty',
    { names: ['Hangup'], where: [`Cause=${Array.from({ length: 51 }, (_, n) => n).join()}`] },
    ['include Hangup'],
  ],
] as readonly (readonly [string, Asked, readonly string[]])[]) {
  test(`filters of ${what}`, () => {
    assert.deepEqual(filters(asked).sort(), [...wanted].sort())
  })
}

test('without anything to filter by, and with too much, it says so', () => {
  assert.throws(() => filters({}), { message: /needs names of events, --not, -w Header=value or -g/ })
  assert.throws(() => filters({ where: ['Cause>15'] }), { message: /needs names/ })
  assert.throws(() => filters({ names: ['*'] }), { message: /cannot name \d+ events: 50 are the most/ })
})

/** Whether a server sends an event (main/manager.c:should_send_event, filter_cmp_fn). */
function sends(filters: readonly EventFilter[], name: string, queue: string): boolean {
  const fits = ({ event, header, method, value = '' }: EventFilter) => {
    if (event !== undefined && event !== name) return false
    if (header === undefined) return true
    if (header !== 'Queue' || queue === '') return false
    if (method === 'startsWith') return queue.startsWith(value)
    if (method === 'endsWith') return queue.endsWith(value)
    return method === 'contains' ? queue.includes(value) : queue === value
  }
  const [includes, excludes] = ['include', 'exclude'].map((action) => filters.filter((one) => one.action === action))
  return (includes?.length === 0 || includes?.some(fits) === true) && !excludes?.some(fits)
}

test('what a watch wants always passes the filters', () => {
  for (const where of [['Queue=a'], ['Queue=a*,b'], ['Queue!=a'], ['Queue=*b', 'Queue!=b'], ['queue=*a*', 'Queue!=']]) {
    for (const names of [[], ['Queue*Join', 'QueueMemberPause']]) {
      const selection = selectionOf({ names, not: [], classes: [] })
      const expressions = where.map(expressionOf)
      const added = serverFiltersOf({ names, not: [], selection, expressions, grep: undefined })
      for (const queue of ['a', 'b', 'ab', '']) {
        for (const name of ['QueueCallerJoin', 'QueueMemberPause', 'Hangup']) {
          const getAll = (wanted: string) => (wanted.toLowerCase() === 'queue' ? [queue] : [])
          const message = { headers: [['Queue', queue]] as const, getAll }
          const isWanted = selection.has(name) && expressions.every((one) => one.holds(message))
          if (isWanted) assert.ok(sends(added, name, queue), `${where} ${names} ${name} ${queue}`)
        }
      }
    }
  }
})
