import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AmiEvent, Client, Params } from 'amiable'
import { nextEvent, withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

const TEXTS: Record<string, string> = {
  'letters of Europe': 'Zoë Müller, Çağlar, Łukasz',
  'other scripts': 'Ελληνικά русский 日本語 العربية עברית',
  'signs beyond the basic plane': '📞 𝒜𝓂𝒾𝒶𝒷𝓁𝑒 👩‍👩‍👧',
  'combining marks': 'e\u0301 n\u0303',
  'colons and a space': 'a: b:c : d',
  'a header in itself': 'Event: Fake',
  'quotes, backslashes and percent signs': `"double" 'single' \\n \\\\ %s %d %%`,
  'a blank in front and one behind': ' text ',
  'tabs and other control characters': 'a\tb\x01c\x7fd\x1b[1m',
  'a byte order mark': '\ufefftext',
  'what looks like no value': '(null)',
}

/** What a value's bytes come back as, through UserEvent, which repeats them as they are (manager.c:action_userevent). */
export function encodings(target: Target): void {
  const { name } = target
  for (const [what, text] of Object.entries(TEXTS)) {
    test(`${name}: ${what} come back exactly`, () =>
      withClient(target, async (ami) => {
        const event = await echoed(ami, { Text: text })
        assert.equal(event.get('Text'), text)
        assert.equal(event.Text, text)
      }))
  }

  test(`${name}: no value, and many of one name, come back in order`, () =>
    withClient(target, async (ami) => {
      const event = await echoed(ami, { Empty: '', Text: ['one', '', 'three'], After: 'x' })
      assert.deepEqual(
        event.headers.filter(([header]) => /^(?:Empty|Text|After)$/.test(header)),
        [
          ['Empty', ''],
          ['Text', 'one'],
          ['Text', ''],
          ['Text', 'three'],
          ['After', 'x'],
        ],
      )
      assert.deepEqual(event.getAll('text'), ['one', '', 'three'])
    }))

  test(`${name}: names that are no identifiers come back`, () =>
    withClient(target, async (ami) => {
      const params = {
        'Cause-txt': '1',
        'UnitAmount(0)': '2',
        'a/b c': '3',
        Größe: '4',
        __proto: '5',
        constructor: '6',
      }
      const event = await echoed(ami, params)
      for (const [header, value] of Object.entries(params)) assert.equal(event.get(header), value)
    }))

  test(`${name}: numbers and booleans go as Asterisk reads them`, () =>
    withClient(target, async (ami) => {
      const event = await echoed(ami, { Whole: 42, Part: 0.5, Yes: true, No: false, Absent: undefined })
      assert.deepEqual(
        ['Whole', 'Part', 'Yes', 'No', 'Absent'].map((header) => event.get(header)),
        ['42', '0.5', 'true', 'false', undefined],
      )
    }))

  test(`${name}: every byte but CR, LF and NUL comes back with latin1`, () =>
    withClient(
      target,
      async (ami) => {
        const codes = Array.from({ length: 255 }, (_, i) => i + 1).filter((code) => code !== 10 && code !== 13)
        const text = String.fromCharCode(...codes)
        assert.equal((await echoed(ami, { Text: text })).get('Text'), text)
      },
      { encoding: 'latin1' },
    ))

  test(`${name}: bytes that are not UTF-8 never throw, and the rest of the message is whole`, () =>
    withClient(target, async (reader) => {
      await withClient(
        target,
        async (writer) => {
          const came = nextEvent(reader, 'UserEvent', (event) => event.get('UserEvent') === 'Odd')
          await writer.sendRaw('UserEvent', { UserEvent: 'Odd', Text: 'Ren\xe9 \xff\xc3', After: 'still here' })
          const event = await came
          assert.equal(event.get('Text'), 'Ren\ufffd \ufffd\ufffd')
          assert.equal(event.get('After'), 'still here')
        },
        { encoding: 'latin1' },
      )
    }))

  test(`${name}: what one client sends as UTF-8 another reads as its bytes with latin1`, () =>
    withClient(
      target,
      async (reader) => {
        await withClient(target, async (writer) => {
          const came = nextEvent(reader, 'UserEvent', (event) => event.get('UserEvent') === 'Bytes')
          await writer.sendRaw('UserEvent', { UserEvent: 'Bytes', Text: 'Ζ€' })
          assert.equal((await came).get('Text'), Buffer.from('Ζ€').toString('latin1'))
        })
      },
      { encoding: 'latin1' },
    ))

  test(`${name}: a character outside latin1 is refused with latin1, not mangled`, () =>
    withClient(
      target,
      async (ami) => assert.throws(() => void ami.sendRaw('UserEvent', { Text: '€' }), { argument: 'Text' }),
      {
        encoding: 'latin1',
      },
    ))
}

let count = 0

async function echoed(ami: Client, params: Params): Promise<AmiEvent> {
  const mark = `Echo-${process.pid}-${++count}`
  const came = nextEvent(ami, 'UserEvent', (event) => event.get('UserEvent') === mark)
  await ami.sendRaw('UserEvent', { UserEvent: mark, ...params })
  return came
}
