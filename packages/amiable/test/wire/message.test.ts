import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ArgumentError } from '../../src/errors.ts'
import { PEEK } from '../../src/util/peek.ts'
import { Message, titleOf } from '../../src/wire/message.ts'
import { decode, one } from '../support/decode.ts'
import { testOrigin } from '../support/origin.ts'

type Open = Message & Record<string, unknown>
const event = (...lines: string[]) => one(`Event: Hangup\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`) as Open

describe('get', () => {
  test('gives the first of several', () => {
    assert.equal(event('A: 1', 'A: 2').get('A'), '1')
  })

  test('takes any case of letters', () => {
    assert.equal(event('Uniqueid: 7').get('UNIQUEID'), '7')
    assert.equal(event('ActionId: 7').get('ActionID'), '7')
  })

  test('prefers the exact spelling to an earlier one in another case', () => {
    const message = event('uniqueid: 1', 'UniqueID: 2', 'Uniqueid: 3')
    assert.equal(message.get('Uniqueid'), '3')
    assert.equal(message.get('UniqueID'), '2')
    assert.equal(message.get('UNIQUEID'), '1')
  })

  test('prefers the exact spelling also once all headers have been read', () => {
    const message = event('uniqueid: 1', 'Uniqueid: 3')
    assert.equal(message.headers.length, 3)
    assert.equal(message.get('Uniqueid'), '3')
  })

  test('prefers the exact spelling where a line has no blank behind its colon', () => {
    assert.equal(event('uniqueid: 1', 'Uniqueid:3').get('Uniqueid'), '3')
    assert.equal(event('Uniqueid:3').get('uniqueid'), '3')
    assert.equal(event('Uniqueid:1', 'Uniqueid: 2').get('Uniqueid'), '1')
  })

  test('takes no part of a name for a name', () => {
    assert.equal(event('ChannelState: 6').get('Channel'), undefined)
    assert.equal(event('DestChannel: x').get('Channel'), undefined)
  })

  test('takes no line of a value for a header', () => {
    assert.equal(event('Text: a\nSecret: b').get('Secret'), undefined)
    assert.equal(event('Text: a\nsecret: b').get('Secret'), undefined)
  })

  test('finds no part of a value, or of the next line, by a name that none can have', () => {
    const message = event('A: b: c', 'D: e')
    assert.equal(message.get('A: b'), undefined)
    assert.equal(message.get('A: b: c\r\nD'), undefined)
    assert.equal(message['A: b'], undefined)
    assert.equal(event('Caf\xc3\xa9: x').get('Caf\xc3\xa9'), undefined)
  })

  test('reads names that are no ASCII', () => {
    assert.equal(event('Caf\xc3\xa9: x').get('Café'), 'x')
    assert.equal(event('Caf\xc3\xa9: x').get('CAFÉ'), 'x')
  })

  test('takes the sign of Kelvin for no k, and so does getAll', () => {
    const message = event('\xe2\x84\xaaey: 1', 'Key: 2')
    assert.deepEqual(message.headers[1], ['\u212aey', '1'])
    for (const name of ['key', 'Key', 'KEY']) {
      assert.equal(message.get(name), '2')
      assert.deepEqual(message.getAll(name), ['2'])
    }
    assert.equal(message.get('\u212aey'), '1')
    assert.deepEqual(message.getAll('\u212aey'), ['1', '2'])
  })

  test('gives an empty value as such and undefined for what is not there', () => {
    assert.equal(event('A: ').get('A'), '')
    assert.equal(event('A').get('A'), '')
    assert.equal(event('A: ').get('B'), undefined)
  })

  test('gives the one that headers has first, however its line is written', () => {
    const written = ['A: 1', 'A:2', 'A', 'A: ', 'a: 3', 'a:4', 'a', 'AA', ':', ': 5']
    for (const first of written) {
      for (const second of written) {
        for (const name of ['A', 'a', 'aa', '']) {
          const [message, other] = [event(first, second, 'B: A'), event(first, second, 'B: A')]
          const read = [message.get(name), other[PEEK](name)]
          const all = message.headers.filter(([one]) => one.toLowerCase() === name.toLowerCase())
          const value = (all.find(([one]) => one === name) ?? all[0])?.[1]
          assert.deepEqual(read, [value, value], `${name} of ${first} and ${second}`)
        }
      }
    }
  })

  test('reads names that mean something in a pattern', () => {
    const message = event('UnitAmount(0): 3', 'a.c: 4', 'x[y]*: 5', '$&: 6')
    assert.deepEqual(
      ['unitamount(0)', 'A.C', 'X[Y]*', '$&', 'abc', '('].map((name) => message.get(name)),
      ['3', '4', '5', '6', undefined, undefined],
    )
  })

  test('answers the same however often and in whatever order it is asked', () => {
    const message = event('A: 1', 'b: 2')
    const before = [message.get('B'), message.get('A'), message.get('b'), message.get('none')]
    message.headers.at(0)
    assert.deepEqual([message.get('B'), message.get('A'), message.get('b'), message.get('none')], before)
  })
})

describe('getAll', () => {
  test('gives all of a name in order, in any case of letters', () => {
    assert.deepEqual(event('Output: a', 'output: b', 'Outputs: c', 'OUTPUT: ').getAll('Output'), ['a', 'b', ''])
  })

  test('gives nothing for what is not there', () => {
    assert.deepEqual(event().getAll('Output'), [])
  })
})

describe('what was meant', () => {
  test('undoes exactly what ast_escape_c_alloc does', () => {
    const escaped = String.raw`\a\b\f\n\r\t\v\\\'\"\?`
    assert.equal(event(`CallerIDName: ${escaped}`).CallerIDName, '\x07\b\f\n\r\t\v\\\'"?')
  })

  test('leaves an escape that Asterisk never writes as it is', () => {
    assert.equal(event(String.raw`CallerIDName: \x\0\e\ `).CallerIDName, String.raw`\x\0\e\ `)
    assert.equal(event('CallerIDName: end\\').CallerIDName, 'end\\')
  })

  test('undoes an escape once', () => {
    assert.equal(event(String.raw`CallerIDName: \\n`).CallerIDName, String.raw`\n`)
  })

  test('is not what get, getAll and headers give', () => {
    const message = event(String.raw`CallerIDName: O\'Brien`)
    assert.equal(message.get('CallerIDName'), String.raw`O\'Brien`)
    assert.deepEqual(message.getAll('CallerIDName'), [String.raw`O\'Brien`])
    assert.deepEqual(message.headers[1], ['CallerIDName', String.raw`O\'Brien`])
  })

  test('holds for every role that a channel plays', () => {
    const dial = one("Event: DialBegin\r\nDestCallerIDName: O\\'B\r\nConnectedLineName: C\\?\r\n\r\n") as Open
    assert.equal(dial.DestCallerIDName, "O'B")
    assert.equal(dial.ConnectedLineName, 'C?')
  })

  test('is the value as it came where Asterisk does not escape', () => {
    assert.equal(event(String.raw`AppData: a\nb`).AppData, String.raw`a\nb`)
    assert.equal(event(String.raw`Value: a\nb`).Value, String.raw`a\nb`)
    const originated = one('Event: OriginateResponse\r\nCallerIDName: a\\nb\r\n\r\n') as Open
    assert.equal(originated.CallerIDName, String.raw`a\nb`)
    const got = one('Response: Success\r\nVariable: X\r\nValue: a\\nb\r\n\r\n') as Open
    assert.equal(got.Value, String.raw`a\nb`)
  })

  test("is unescaped for VarSet's value", () => {
    assert.equal((one('Event: VarSet\r\nValue: a\\nb\r\n\r\n') as Open).Value, 'a\nb')
  })

  test('is the same in toJSON', () => {
    assert.equal(event(String.raw`CallerIDName: O\'Brien`).toJSON().CallerIDName, "O'Brien")
    assert.equal(event(String.raw`AppData: a\nb`).toJSON().AppData, String.raw`a\nb`)
  })
})

describe('variables', () => {
  test("gives the first channel's", () => {
    const message = event('ChanVariable: A=1', 'ChanVariable: B=x=y', 'DestChanVariable: A=2')
    assert.deepEqual(message.variables(), { A: '1', B: 'x=y' })
  })

  test("gives a named channel's, whichever role it plays", () => {
    const message = event('Channel: SIP/1', 'DestChannel: SIP/2', 'ChanVariable: A=1', 'DestChanVariable: A=2')
    assert.deepEqual(message.variables('SIP/2'), { A: '2' })
    assert.deepEqual(message.variables('SIP/1'), { A: '1' })
    assert.deepEqual(message.variables('SIP/3'), {})
  })

  test('reads the form that names its channel', () => {
    const message = event('ChanVariable(IAX2/1.2.3.4:4569-5): X=1', 'ChanVariable(SIP/1): X=2')
    assert.deepEqual(message.variables('IAX2/1.2.3.4:4569-5'), { X: '1' })
    assert.deepEqual(message.variables('SIP/1'), { X: '2' })
  })

  test('unescapes the value and splits at the first equals sign', () => {
    assert.deepEqual(event(String.raw`ChanVariable: CALLERID(num)=a\n=\"`).variables(), { 'CALLERID(num)': 'a\n="' })
  })

  test('takes a line without an equals sign for an empty variable', () => {
    assert.deepEqual(event('ChanVariable: A').variables(), { A: '' })
  })

  test('has no trouble with names that every object knows', () => {
    const found = event('ChanVariable: __proto__=1', 'ChanVariable: constructor=2').variables()
    assert.deepEqual(Object.entries(found), [
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
    assert.equal(Object.getPrototypeOf(found), Object.prototype)
  })
})

describe('number, boolean and date', () => {
  const message = event('N: 42', 'F: -1.5', 'E: ', 'X: abc', 'B: (null)')

  test('numbers are read with and without a fraction', () => {
    assert.equal(message.number('N'), 42)
    assert.equal(message.number('f'), -1.5)
  })

  test('what is no number is refused by name, without its value', () => {
    for (const name of ['E', 'X', 'B', 'None']) {
      assert.throws(
        () => message.number(name),
        (error) => error instanceof ArgumentError && error.argument === name && !/abc|null/.test(error.message),
      )
    }
  })

  test('booleans are read in all the words of Asterisk', () => {
    for (const word of ['yes', 'Yes', 'Y', 'true', 'True', 't', 'on', 'On', '1'])
      assert.equal(event(`P: ${word}`).boolean('P'), true)
    for (const word of ['no', 'No', 'n', 'false', 'F', 'off', '0'])
      assert.equal(event(`P: ${word}`).boolean('P'), false)
  })

  test('what is no boolean is refused', () => {
    for (const word of ['', 'maybe', '2', 'yes!']) {
      assert.throws(() => event(`P: ${word}`).boolean('P'), { code: 'AMI_ARGUMENT', argument: 'P' })
    }
    assert.throws(() => event().boolean('P'), { code: 'AMI_ARGUMENT', argument: 'P' })
  })

  test('points in time are read from seconds and from a date with its zone', () => {
    assert.equal(event('Timestamp: 1795386889.123456').date('Timestamp').getTime(), 1795386889123)
    assert.equal(event('T: 2026-11-22T22:34:49.178+0000').date('T').toISOString(), '2026-11-22T22:34:49.178Z')
    assert.equal(event('T: 2026-11-22 22:34:49+01').date('T').toISOString(), '2026-11-22T21:34:49.000Z')
    assert.equal(event('T: 2026-11-22T22:34:49Z').date('T').toISOString(), '2026-11-22T22:34:49.000Z')
  })

  test('what is no point in time is refused', () => {
    for (const value of ['', '2026-11-22 22:34:49', 'yesterday', '2026-99-99T99:99:99Z', '2026-11-22']) {
      assert.throws(() => event(`T: ${value}`).date('T'), { code: 'AMI_ARGUMENT', argument: 'T' }, value)
    }
  })
})

describe('toJSON', () => {
  test('is a plain object of its headers and no more, however many there are', () => {
    for (const count of [0, 3, 23, 24, 25, 60, 300]) {
      const lines = Array.from({ length: count }, (_, index) => `H${index}: ${index}`)
      const json = event(...lines).toJSON()
      assert.equal(Object.getPrototypeOf(json), Object.prototype)
      const names = lines.map((_, index) => `H${index}`)
      assert.deepEqual(Object.keys(json), ['Event', ...names])
    }
  })

  test('has the headers by name, repeated ones as an array', () => {
    const repeated = event('A: 1', 'B: 2', 'A: 3')
    const wanted = { Event: 'Hangup', A: ['1', '3'], B: '2' }
    assert.deepEqual(repeated.toJSON(), wanted)
    // the headers are kept when they have been read, and the next JSON is made of them
    assert.equal(repeated.headers.length, 4)
    assert.deepEqual(repeated.toJSON(), wanted)
  })

  test('keeps headers of the server that are called as members of ours are', () => {
    const own = ['source', 'epoch', 'receivedAt', 'serial', 'client', 'actionId', 'headers', 'success', 'events']
    const message = event(...own.map((name) => `${name}: of the server`))
    const json = message.toJSON()
    for (const name of own) assert.equal(json[name], 'of the server', name)
    assert.deepEqual([message.source, message.epoch, message.receivedAt], ['pbx', 1, 0])
  })

  test('has names that every object knows as plain data', () => {
    const hostile = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'toJSON']
    const lines = hostile.flatMap((name) => [`${name}: 1`, `${name}: 2`])
    const json = event(...lines).toJSON()
    assert.equal(Object.getPrototypeOf(json), Object.prototype)
    for (const name of hostile) {
      assert.deepEqual(Object.getOwnPropertyDescriptor(json, name)?.value, ['1', '2'], name)
    }
    assert.equal(({} as Record<string, unknown>)['1'], undefined)
  })

  test('is what JSON.stringify gives', () => {
    const message = event('A: 1')
    assert.deepEqual(JSON.parse(JSON.stringify(message)), message.toJSON())
  })

  test('keeps a name that is the empty string', () => {
    assert.equal(event(': x').toJSON()[''], 'x')
  })

  test('has the values of a user event as their sender wrote them, and those in front of its name as they were meant', () => {
    const lines = ["CallerIDName: O\\'B", 'UserEvent: x', 'ConnectedLineName: a\\nb']
    const message = one(`Event: UserEvent\r\n${lines.join('\r\n')}\r\n\r\n`) as Open
    assert.equal(message.toJSON().CallerIDName, "O'B")
    assert.equal(message.toJSON().ConnectedLineName, 'a\\nb')
    assert.deepEqual([message.CallerIDName, message.ConnectedLineName], ["O'B", 'a\\nb'])
  })
})

describe('the first header', () => {
  test('gives the title of an event and of a response', () => {
    assert.equal(titleOf(event()), 'Hangup')
    assert.equal(titleOf(one('Response:Error\r\n\r\n')), 'Error')
    assert.equal(titleOf(one('Event: \r\nA: 1\r\n\r\n')), '')
    assert.equal(titleOf(one('Event: X\r\n\r\n')), 'X')
  })

  test('without a colon gives no title, and never part of another message', () => {
    const { messages } = decode('Event: First\r\n\r\nno colon here\r\n\r\nEvent: Third\r\n\r\n')
    assert.equal(titleOf(messages[1] as Message), '')
    const first = 'Event: First\r\n\r\n'
    const raw = new Message(testOrigin(), 'other', `${first}no colon here\r\n`, first.length)
    assert.equal(titleOf(raw), '')
    assert.deepEqual(raw.headers, [['no colon here', '']])
  })

  test('is a line of its own where a bare LF ends it, and named as the headers name it', () => {
    assert.equal(titleOf(new Message(testOrigin(), 'other', 'raw\nA: 1\r\n')), '')
    assert.equal(titleOf(new Message(testOrigin(), 'other', 'A: 1\nB: 2\r\n')), '1')
    assert.equal(titleOf(new Message(testOrigin(), 'other', 'IAX2/[::1]-5: up\n\r\n')), 'up')
  })

  test('that is a colon alone is no header, whatever ends it', () => {
    const event = (end: string) => one(`Event: ${end === '\n' ? 'Agents' : 'A'}\r\n:\r\n: ${end}: \r\nB: 1\r\n\r\n`)
    for (const end of ['\r\n', '\n']) assert.deepEqual(event(end).headers.slice(1), [['B', '1']], JSON.stringify(end))
    const named = one('Event: Agents\r\n: value\r\n\r\n')
    assert.deepEqual(named.headers[1], ['', 'value'])
  })

  test('gives no title in the head of a message that was passed over in front of it', () => {
    const text = `ActionID: ${'x'.repeat(2_030)}\r\nEvent: ${'y'.repeat(3_000)}\r\n\r\n`
    const { heads } = decode(text, { limits: { line: 2_500 } })
    assert.equal(titleOf(heads[0] as Message), '')
  })
})

describe('bytes', () => {
  test('that are not UTF-8 become U+FFFD and never throw', () => {
    const message = one('Event: A\r\nName: Ren\xe9e\r\nCut: \xe2\x82\r\nBom: \xef\xbb\xbfx\r\n\r\n')
    assert.equal(message.get('Name'), 'Ren�e')
    assert.equal(message.get('Cut'), '�')
    assert.equal(message.get('Bom'), '\uFEFFx')
  })

  test('are what they are in latin1', () => {
    assert.equal(one('Event: A\r\nName: Ren\xe9e\r\n\r\n', 'latin1').get('Name'), 'Renée')
    assert.deepEqual(one('Event: A\r\nName: \xff\r\n\r\n', 'latin1').headers[1], ['Name', 'ÿ'])
  })

  test('are names of one client alone: another in another encoding reads them anew', () => {
    const text = 'Event: A\r\nZo\xc3\xab: Zo\xc3\xab\r\n\r\n'
    const wanted = { latin1: 'ZoÃ«', utf8: 'Zoë' } as const
    for (const encoding of ['utf8', 'latin1', 'utf8', 'latin1'] as const) {
      const word = wanted[encoding]
      const { messages } = decode(text + text, { encoding })
      for (const message of messages) assert.deepEqual(message.toJSON(), { Event: 'A', [word]: word }, encoding)
    }
  })

  test('of UTF-8 are read in names and values', () => {
    const name = 'Zoë'
    const message = one('Event: A\r\nZo\xc3\xab: \xf0\x9f\x93\x9e\xe2\x82\xac\r\n\r\n') as Open
    assert.deepEqual(message.headers[1], ['Zoë', '📞€'])
    assert.equal(message[name], '📞€')
    assert.equal(message.toJSON()[name], '📞€')
  })
})
