import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { ArgumentError } from '../../src/errors.ts'
import { type Action, encodeAction, type Params, type Variables } from '../../src/wire/encoder.ts'
import { assertForm } from '../support/argument-form.ts'
import { onTheWire, readAction, separateArguments, variablesOf } from '../support/asterisk.ts'

const encode = (params?: Params, more: Partial<Action> = {}) =>
  encodeAction({ name: 'Test', actionId: 'a-1', params, ...more })
const variablesSent = (variables: Variables) => variablesOf(readAction(onTheWire(encode({}, { variables }))).headers)

function refuses(action: () => unknown, argument: string | RegExp, ...secrets: string[]): void {
  assert.throws(action, (error) => {
    const { argument: named } = assertForm(error, String(argument))
    if (typeof argument === 'string') assert.equal(named, argument)
    else assert.match(named, argument)
    for (const secret of secrets) assert.ok(!inspect(error, { showHidden: true, depth: 9 }).includes(secret))
    return true
  })
}

describe('an action', () => {
  test('is its name, its ActionID, its headers in order and one blank line', () => {
    assert.equal(
      encode({ B: 'x', A: 1, C: true, D: false, E: undefined, F: '' }),
      'Action: Test\r\nActionID: a-1\r\nB: x\r\nA: 1\r\nC: true\r\nD: false\r\nF: \r\n\r\n',
    )
  })

  test('repeats a header for an array, and leaves an empty array out', () => {
    assert.equal(
      encode({ A: ['1', 2, true], B: [] }),
      'Action: Test\r\nActionID: a-1\r\nA: 1\r\nA: 2\r\nA: true\r\n\r\n',
    )
  })

  test('without anything else is two lines', () => {
    assert.equal(encode(), 'Action: Test\r\nActionID: a-1\r\n\r\n')
  })

  test('may have headers whose names begin with Action', () => {
    assert.match(encode({ 'Action-000000': 'newcat' }), /\r\nAction-000000: newcat\r\n/)
  })

  test('may have a header that every object knows', () => {
    assert.match(encode(Object.fromEntries([['__proto__', 'x']])), /\r\n__proto__: x\r\n/)
    assert.match(encode({ constructor: 'x' } as unknown as Params), /\r\nconstructor: x\r\n/)
  })

  test('takes no headers from a prototype', () => {
    assert.doesNotMatch(encode(Object.create({ Inherited: 'x' }) as Params), /Inherited/)
  })
})

describe('an injection', () => {
  const endings = ['\r\n', '\n', '\r', '\0', '\r\n\r\nAction: Originate\r\n']

  test('is refused in a value, naming the header and not the value', () => {
    for (const ending of endings) refuses(() => encode({ Good: 'x', Bad: `hunter2${ending}X: y` }), 'Bad', 'hunter2')
  })

  test('is refused in an item of an array', () => {
    for (const ending of endings) refuses(() => encode({ Bad: ['ok', `hunter2${ending}`] }), 'Bad', 'hunter2')
  })

  test("is refused in a header's name", () => {
    for (const ending of endings) refuses(() => encode({ [`Bad${ending}X`]: 'hunter2' }), /^Bad\?/, 'hunter2')
  })

  test("is refused in the action's name", () => {
    for (const ending of endings) refuses(() => encode({}, { name: `Ping${ending}Action: Originate` }), 'Action')
  })

  test('is refused in the ActionID', () => {
    for (const ending of endings) refuses(() => encode({}, { actionId: `a${ending}b` }), 'actionId')
  })

  test("is refused in a variable's name and in its value", () => {
    for (const ending of endings) {
      refuses(() => encode({}, { variables: { V: `hunter2${ending}` } }), 'Variable V', 'hunter2')
      refuses(() => encode({}, { variables: { [`V${ending}`]: 'hunter2' } }), /^Variable V\?/, 'hunter2')
      refuses(() => encode({}, { variables: [[`V${ending}`, 'hunter2']] }), /^Variable V\?/, 'hunter2')
    }
  })

  test('is refused for a UserEvent, whose lines are repeated to every session', () => {
    for (const ending of endings) {
      refuses(
        () => encode({ UserEvent: 'x', Note: `hunter2${ending}Event: Fake` }, { name: 'UserEvent' }),
        'Note',
        'hunter2',
      )
    }
  })
})

describe("a header's name", () => {
  test('must not be blank, begin or end with a blank, or hold a colon', () => {
    for (const name of ['', ' ', '\t', ' A', 'A ', 'A:B', ':', 'A: B']) {
      refuses(() => encode({ [name]: 'hunter2' }), name.replace('\t', '?') || 'name', 'hunter2')
    }
  })

  test('must not name the action or the ActionID a second time, in any case of letters', () => {
    for (const name of ['Action', 'ACTION', 'action', 'ActionID', 'actionid', 'ActionId']) {
      refuses(() => encode({ [name]: 'hunter2' }), name, 'hunter2')
    }
  })

  test('is shown in ASCII and cut short in the error', () => {
    assert.throws(
      () => encode({ [`é${'x'.repeat(500)}:`]: 'v' }),
      (error) => error instanceof ArgumentError && error.argument === `?${'x'.repeat(79)}`,
    )
  })
})

describe('a value', () => {
  test('must be a string, a finite number or a boolean', () => {
    for (const value of [
      null,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      {},
      ['x', null],
      [['x']],
      () => 1,
      Symbol('x'),
      1n,
    ]) {
      refuses(() => encode({ A: value as string }), 'A')
    }
  })

  test('must not begin with what Asterisk skips', () => {
    for (const start of [' ', '\t', '\x01', '\x1f']) refuses(() => encode({ A: `${start}hunter2` }), 'A', 'hunter2')
    refuses(() => encode({}, { name: ' Ping' }), 'Action')
  })

  test('may begin with a blank in a UserEvent, which is repeated as it came', () => {
    assert.match(encode({ Text: ' two' }, { name: 'userEvent' }), /\r\nText: {2}two\r\n/)
  })

  test('may end with blanks', () => {
    assert.match(encode({ A: 'x  ' }), /\r\nA: x {2}\r\n/)
  })
})

describe('the ActionID', () => {
  test('may have 67 bytes and no more', () => {
    assert.ok(encode({}, { actionId: 'x'.repeat(67) }))
    refuses(() => encode({}, { actionId: 'x'.repeat(68) }), 'actionId')
  })

  test('must be printable ASCII without a blank', () => {
    for (const id of ['', ' ', 'a b', 'é', 'a\t', '\x7f', '📞']) refuses(() => encode({}, { actionId: id }), 'actionId')
  })

  test('may be any printable ASCII', () => {
    const id = String.fromCharCode(...Array.from({ length: 67 }, (_, i) => 33 + i))
    assert.deepEqual(readAction(encode({}, { actionId: id })).headers[1], `ActionID: ${id}`)
  })
})

describe("Asterisk's limit of a line", () => {
  test('is met by 1,022 bytes, and refused at one more', () => {
    const text = encode({ Data: 'x'.repeat(1_022 - 'Data: '.length) })
    assert.equal(readAction(text).complaint, undefined)
    assert.equal(text.split('\r\n')[2]?.length, 1_022)
    refuses(() => encode({ Data: `hunter2${'x'.repeat(1_023 - 'Data: hunter2'.length)}` }), 'Data', 'hunter2')
  })

  test('counts bytes and not characters', () => {
    for (const [letter, size] of [
      ['é', 2],
      ['€', 3],
      ['📞', 4],
    ] as const) {
      const room = 1_022 - 'D: '.length
      const most = letter.repeat(Math.floor(room / size)) + 'x'.repeat(room % size)
      assert.equal(Buffer.byteLength(encode({ D: most }).split('\r\n')[2] as string), 1_022)
      refuses(() => encode({ D: `${most}x` }), 'D')
    }
  })

  test('counts one byte a character in latin1', () => {
    assert.ok(encode({ D: 'é'.repeat(1_019) }, { encoding: 'latin1' }))
    refuses(() => encode({ D: 'é'.repeat(1_020) }, { encoding: 'latin1' }), 'D')
  })

  test('holds for the name of the action and for a variable with its escapes', () => {
    refuses(() => encode({}, { name: 'x'.repeat(1_015) }), 'Action')
    const room = 1_022 - 'Variable: V='.length
    assert.ok(encode({}, { variables: { V: ','.repeat(room / 2) } }))
    refuses(() => encode({}, { variables: { V: ','.repeat(room / 2 + 1) } }), 'Variable V')
  })
})

describe("Asterisk's limit of headers", () => {
  const items = (count: number) => Array.from({ length: count }, (_, i) => String(i))

  test('is met by 128, Action and ActionID included, and refused at one more', () => {
    assert.equal(readAction(encode({ A: items(126) })).complaint, undefined)
    refuses(() => encode({ A: items(127) }), 'params')
  })

  test('counts variables too', () => {
    const variables = items(26).map((name) => [`V${name}`, 'x'] as const)
    assert.ok(encode({ A: items(100) }, { variables }))
    refuses(() => encode({ A: items(101) }, { variables }), 'params')
  })
})

describe('variables', () => {
  test('reach the channel with exactly the value that was given', () => {
    const values = {
      A: 'plain',
      B: 'a,b"c"\\d(e',
      C: '',
      D: '=x=',
      E: ' leading and trailing ',
      F: '(((',
      G: ']])[',
      H: '\\',
      I: '"',
      J: ',',
      K: "O'Brien, é€📞",
      L: `$${'{X}'}`,
    }
    assert.deepEqual(
      variablesSent(values),
      Object.entries(values).map(([name, value]) => [name, onTheWire(value)]),
    )
  })

  test('may be numbers and booleans, and are left out when undefined', () => {
    assert.deepEqual(variablesSent({ A: 1, B: true, C: undefined }), [
      ['A', '1'],
      ['B', 'true'],
    ])
  })

  test('may be entries, in order and repeated, or a Map', () => {
    assert.deepEqual(
      variablesSent([
        ['B', '1'],
        ['A', '2'],
        ['B', '3'],
      ]),
      [
        ['B', '1'],
        ['A', '2'],
        ['B', '3'],
      ],
    )
    assert.deepEqual(variablesSent(new Map([['B', '1']])), [['B', '1']])
  })

  test('may be functions with arguments', () => {
    assert.deepEqual(variablesSent({ 'CALLERID(num)': '100', 'HASH(a,b)': 'x' }), [
      ['CALLERID(num)', '100'],
      ['HASH(a,b)', 'x'],
    ])
  })

  test('need a name without an equals sign', () => {
    for (const name of ['', ' ', 'A=B', '=', '\t']) {
      refuses(() => encode({}, { variables: { [name]: 'hunter2' } }), /^Variable /, 'hunter2')
    }
  })

  test('need a name that does not begin with a blank, which Asterisk would drop', () => {
    refuses(() => encode({}, { variables: { ' A': 'hunter2' } }), /^Variable {2}A/, 'hunter2')
  })

  test('need a string, a finite number or a boolean', () => {
    for (const value of [null, Number.NaN, {}, []]) {
      refuses(() => encode({}, { variables: { A: value as string } }), 'Variable A')
    }
  })
})

test('the model of application arguments does what Asterisk was seen to do', () => {
  assert.deepEqual(separateArguments(String.raw`a\,b\"c\"\\d(e`), ['a,b"c"\\d(e'])
  assert.deepEqual(separateArguments('a=1,b=(2,3),c="4,5"'), ['a=1', 'b=(2,3)', 'c=4,5'])
})

describe('latin1', () => {
  test('refuses what it has no byte for, naming the header', () => {
    refuses(() => encode({ A: 'hunter2€' }, { encoding: 'latin1' }), 'A', 'hunter2')
    refuses(() => encode({ '€': 'hunter2' }, { encoding: 'latin1' }), '?', 'hunter2')
    refuses(() => encode({}, { encoding: 'latin1', variables: { A: 'hunter2€' } }), 'Variable A', 'hunter2')
    refuses(() => encode({}, { encoding: 'latin1', name: '€' }), 'Action')
  })
})

test('half of a surrogate pair is refused, for no UTF-8 says it', () => {
  refuses(() => encode({ A: 'hunter2\ud83d' }), 'A', 'hunter2')
})
