import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { build } from '../src/build.ts'
import type { ActionOverlay } from '../src/build-actions.ts'
import type { AgiOverlay } from '../src/build-agi.ts'
import type { EventOverlay } from '../src/build-events.ts'
import { emitActions } from '../src/emit/actions.ts'
import { emitEvents } from '../src/emit/events.ts'
import { emitTables, headerNames } from '../src/emit/tables.ts'
import type { Summaries } from '../src/model.ts'
import type { HeaderCorrection } from '../src/overlay/headers.ts'
import { StaleOverlayError } from '../src/stale.ts'
import { action, event, version } from './docs.ts'

const nothing: ActionOverlay & EventOverlay & AgiOverlay = {
  phantomActions: {},
  actionCorrections: {},
  parameterKinds: {},
  lists: {},
  replies: {},
  replacements: {},
  reads: ['List'],
  sets: ['Send'],
  twice: {},
  slow: {},
  endings: {},
  undocumentedEvents: {},
  renamedEvents: {},
  headerCorrections: {},
  eventSnapshots: {},
  eventClasses: {},
  numberHeaders: [],
  namedVariables: [],
  alsoBroadcast: [],
  agiArgumentNames: {},
  agiCorrections: {},
  agiKinds: {},
}

const unsaid: Summaries = { actions: {}, events: {}, parameters: {}, headers: {}, agi: {} }

const sources = new Map(
  ['Send', 'List'].map((name) => [name, { versions: [16, 18, 20, 22, 23], privileges: ['system', 'call'] }]),
)

const nodes =
  action(
    'Send',
    '<parameter name="ActionID"/><parameter name="To" required="true"/><parameter name="How"><enumlist><enum name="fast"/><enum name="slow"/></enumlist></parameter>',
  ) +
  action('List', '') +
  event('Call', '<channel_snapshot/><channel_snapshot prefix="Dest"/><parameter name="Cause"/>') +
  event('Row', '<parameter name="Name"/>', 'EVENT_FLAG_COMMAND')

const made = (overlay: Partial<typeof nothing>, ...more: string[]) =>
  build(
    [version('22', nodes + more.join('')), version('16', nodes)],
    { ...nothing, ...overlay },
    sources,
    unsaid,
    new Map(),
  ).catalog

const stale = (overlay: Partial<typeof nothing>, ...more: string[]) => {
  try {
    made(overlay, ...more)
  } catch (error) {
    assert.ok(error instanceof StaleOverlayError, String(error))
    return error.entries
  }
  return []
}

describe('what is written', () => {
  test('parameters: required, closed where enumerated, ActionID left out', () => {
    const text = emitActions(made({}))
    assert.match(text, /interface SendParams \{\n {2}To: string\n {2}How\?: 'fast' \| 'slow' \| undefined\n\}/)
    assert.match(text, /Privilege: system or call\./)
    assert.match(text, /https:\/\/docs\.asterisk\.org\/Latest_API\/API_Documentation\/AMI_Actions\/Send\/\n/)
  })

  test('snapshots with all their prefixes', () => {
    const text = emitEvents(made({}))
    assert.match(text, /type CallHeaders = CommonHeaders & ChannelSnapshot & DestChannelSnapshot & \{/)
    assert.match(text, /type DestChannelSnapshot = \{\n {2}readonly DestChannel: string\n/)
    assert.match(text, /readonly DestTenantid\?: string\n/)
    assert.ok(headerNames(made({})).includes('DestChanVariable'))
  })

  test('an optional snapshot is one of whose headers none need be there', () => {
    const text = emitEvents(made({ eventSnapshots: { Call: { why: 'a test', snapshots: 'channel? channel:Dest' } } }))
    assert.match(text, /type CallHeaders = CommonHeaders & Partial<ChannelSnapshot> & DestChannelSnapshot & \{/)
  })

  test('rows, which need no class, and the end of a list, which is documented nowhere', () => {
    const { actions, events } = made({
      lists: { List: { rows: ['Row'], completion: 'ListComplete', extra: 'Total#' } },
    })
    assert.match(
      emitActions({ versions: [], actions, events, agi: [], summaries: unsaid }),
      /List: \{ params: NoParams; reply: ReplyHeaders; rows: 'Row'; completion: 'ListComplete' \}/,
    )
    assert.match(
      emitEvents({ versions: [], actions, events, agi: [], summaries: unsaid }),
      /type ListCompleteHeaders = CompletionHeaders & \{\n {2}\/\*\* A number. \*\/\n {2}readonly Total: string/,
    )
    assert.deepEqual(events.find(({ name }) => name === 'Row')?.classes, [])
  })

  test('the same from the same', () => {
    assert.equal(emitEvents(made({})), emitEvents(made({})))
    assert.equal(emitActions(made({})), emitActions(made({})))
  })

  test('the order of the documentation does not matter', () => {
    const one = build([version('22', nodes), version('16', nodes)], nothing, sources, unsaid, new Map()).catalog
    const turned = nodes.replace(/^(.*)(<manager name="List".*)$/s, '$2$1')
    const other = build([version('22', turned), version('16', turned)], nothing, sources, unsaid, new Map()).catalog
    assert.equal(emitActions(one), emitActions(other))
    assert.equal(emitEvents(one), emitEvents(other))
  })
})

test('our own line stands first, of actions, events, parameters and headers, and of nothing that is not there', () => {
  const summaries = {
    actions: { Send: 'Sends it.' },
    events: { Call: 'Somebody calls.' },
    parameters: { To: 'Whither.' },
    headers: { Channel: 'Which.' },
    agi: {},
  }
  const { catalog } = build([version('22', nodes), version('16', nodes)], nothing, sources, summaries, new Map())
  assert.match(emitActions(catalog), /\/\*\*\n {3}\* Sends it\.\n {3}\* Privilege: system or call\./)
  assert.match(emitActions(catalog), /\/\*\* Whither\. \*\/\n {2}To: string/)
  assert.match(emitEvents(catalog), /\* Somebody calls\.\n {3}\* Class: call\./)
  assert.match(emitEvents(catalog), /\/\*\* Which\. \*\/\n {2}readonly DestChannel: string/)
  const wrong = { ...summaries, parameters: { From: 'Whence.' } }
  assert.throws(() => build([version('22', nodes), version('16', nodes)], nothing, sources, wrong, new Map()), {
    entries: ['summaries: parameters: From: there is none'],
  })
})

describe('what an action does', () => {
  test('is written into the table, and its reply’s end with it', () => {
    const table = emitTables(
      made({
        sets: [],
        twice: { Send: '' },
        slow: { Send: { why: '', slow: { lasts: 'Timeout', unit: 'ms', otherwise: 5, unless: 'Async' } } },
        endings: { List: { why: '', ending: 'raw' } },
      }),
    )
    assert.match(table, /\nSend\|system,call\|{6}t\|Timeout,ms,5,Async\n/)
    assert.match(table, /\nList\|system,call\|{6}r\|\|raw\n/)
  })

  test('must be judged by somebody, and once', () => {
    assert.throws(() => made({ sets: [] }), /^Error: Send must be judged once/)
    assert.throws(() => made({ twice: { Send: '' } }), /^Error: Send must be judged once.*\(sets, twice\)/)
  })

  test('is judged of no action that is gone', () => {
    assert.deepEqual(stale({ reads: ['List', 'Gone'] }), ['reads: Gone: no such action'])
    assert.deepEqual(stale({ slow: { Gone: { why: '', slow: 'always' } } }), ['slow: Gone: no such action'])
  })
})

describe('an entry of the overlay that has become unnecessary', () => {
  test('none', () => assert.deepEqual(stale({}), []))

  test('an event that is documented', () => {
    assert.deepEqual(stale({ undocumentedEvents: { Row: { why: '', headers: '' } } }), ['undocumentedEvents: Row'])
  })

  test('a spelling that has been mended', () => {
    const entry = { renamedEvents: { NewRow: { to: 'Newrow', why: '' } } }
    assert.deepEqual(stale(entry, event('NewRow', '')), [])
    assert.deepEqual(stale(entry, event('Newrow', '')), ['renamedEvents: NewRow'])
  })

  test('a header that is documented, one that is known to be conditional, one that is not there', () => {
    const entry = (correction: Omit<HeaderCorrection, 'why'>) => ({
      headerCorrections: { Row: { why: '', ...correction } },
    })
    assert.deepEqual(stale(entry({ set: 'Name? Other' })), [])
    assert.deepEqual(stale(entry({ set: 'Name' })), ['headerCorrections: Row: set Name'])
    assert.deepEqual(stale(entry({ drop: 'Name' })), [])
    assert.deepEqual(stale(entry({ drop: 'Gone' })), ['headerCorrections: Row: drop Gone'])
  })

  test('a snapshot that is as documented', () => {
    const entry = (snapshots: string) => ({ eventSnapshots: { Call: { why: '', snapshots } } })
    assert.deepEqual(stale(entry('channel')), [])
    assert.deepEqual(stale(entry('channel:Dest channel')), ['eventSnapshots: Call'])
  })

  test('values that are as documented', () => {
    const listed = event('Listed', '<parameter name="How"><enumlist><enum name="fast"/></enumlist></parameter>')
    const more = (set: string) => ({ headerCorrections: { Listed: { why: '', set } } })
    assert.match(
      emitEvents(made(more('How=fast|TO:%'), listed)),
      /readonly How: 'fast' \| `TO:\$\{string\}` \| \(string & \{\}\)/,
    )
    assert.deepEqual(stale(more('How=fast'), listed), ['headerCorrections: Listed: set How'])
  })

  test('a class that is as documented', () => {
    assert.deepEqual(stale({ eventClasses: { Call: { why: '', classes: 'call' } } }), ['eventClasses: Call'])
  })

  test('a list that is documented', () => {
    const documented = action(
      'Listed',
      '',
      `<responses><list-elements>${event('Row', '')}</list-elements>${event('End', '')}</responses><since><version>22.1.0</version></since>`,
    )
    const known = new Map([...sources, ['Listed', { versions: [22, 23], privileges: [] }]])
    const overlay = { ...nothing, reads: ['List', 'Listed'], lists: { Listed: { rows: ['Row'], completion: 'End' } } }
    assert.throws(
      () => build([version('22', nodes + documented)], overlay, known, undefined, new Map()),
      /lists: Listed/,
    )
  })

  test('a parameter that is as documented, one to drop that is not there', () => {
    assert.deepEqual(stale({ actionCorrections: { Send: { why: '', set: 'To+' } } }), [
      'actionCorrections: Send: set To',
    ])
    assert.deepEqual(stale({ actionCorrections: { Send: { why: '', drop: 'From' } } }), [
      'actionCorrections: Send: drop From',
    ])
    assert.deepEqual(stale({ parameterKinds: { Send: 'To' } }), ['parameterKinds: Send: To'])
  })

  test('an action or an event that there is not', () => {
    assert.deepEqual(stale({ replies: { Nope: 'X' } }), ['replies: Nope: no such action'])
    assert.deepEqual(stale({ phantomActions: { Nope: '' } }), ['phantomActions: Nope'])
    assert.deepEqual(stale({ headerCorrections: { Nope: { why: '', set: 'X' } } }), [
      'headerCorrections: Nope: no such event',
    ])
  })
})

test('an action without a known privilege is an error', () => {
  assert.throws(
    () => build([version('22', action('New', ''))], nothing, sources, unsaid, new Map()),
    /New is documented, and actions\.tsv/,
  )
})
