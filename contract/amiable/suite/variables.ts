import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from 'amiable'
import { dial, hangUp } from '../../support/calls.ts'
import { nextEvent, optionsFor, withClient } from '../../support/client.ts'
import { type Target, YOURS } from '../../targets.ts'

const VALUES: readonly string[] = [
  'plain',
  'two words',
  ' a blank in front and behind ',
  'a=b=c',
  '=',
  'a,b,,c,',
  '"quoted"',
  '"',
  `it's`,
  'back\\slash',
  '\\',
  'ends in \\',
  '\\,\\"\\\\',
  '(parentheses)',
  '(',
  ')',
  '((a),b',
  '[x]{y}<z>',
  'a|b&c^d;e#f',
  'colon: semi; comma, quote"',
  '$[1+1] $X',
  'sip:100@pbx.example;transport=tcp',
  '{"json": [1, "two"], "x": "a\\"b"}',
  'é 日本語 📞',
  'tab\there',
  '%20%s',
  'what? ever!',
  '',
]

/** That a channel gets exactly the value that was given, whatever it holds. */
export function variables(target: Target): void {
  const { name } = target
  if (target.real && !target.full) {
    test(`${name}: variables`, { skip: YOURS }, () => {})
    return
  }

  test(`${name}: variables given to Originate reach the channel exactly`, async (t) => {
    await using ami = await connect(optionsFor(target))
    const given = VALUES.map((value, i) => [`VAR${i}`, value] as const)
    const call = await dial(ami, 'wait', { variables: given })
    for (const [variable, value] of given) {
      await t.test(JSON.stringify(value), async () => {
        const reply = await ami.send('Getvar', { Channel: call.channel, Variable: variable })
        assert.equal(reply.get('Value'), value)
      })
    }
    await hangUp(ami, call)
  })

  test(`${name}: VarSet tells the same values, unescaped`, async () => {
    await using ami = await connect(optionsFor(target))
    const told = new Map<string, string | undefined>()
    ami.on('VarSet', (event) => void told.set(event.get('Variable') ?? '', event.Value))
    const given = VALUES.map((value, i) => [`TOLD${i}`, value] as const)
    const call = await dial(ami, 'wait', { variables: given })
    const last = nextEvent(ami, 'Hangup', (event) => event.get('Uniqueid') === call.uniqueid)
    await hangUp(ami, call)
    await last
    for (const [variable, value] of given) assert.equal(told.get(variable), value, variable)
  })

  test(`${name}: a variable's name may be a function's, or begin with underscores`, () =>
    withClient(target, async (ami) => {
      const given = { 'CALLERID(num)': '4242', __INHERITED: 'yes, always' }
      const call = await dial(ami, 'wait', { variables: given })
      const number = await ami.send('Getvar', { Channel: call.channel, Variable: 'CALLERID(num)' })
      assert.equal(number.get('Value'), '4242')
      for (const half of [call.channel, call.far]) {
        const inherited = await ami.send('Getvar', { Channel: half, Variable: 'INHERITED' })
        assert.equal(inherited.get('Value'), 'yes, always', half)
      }
      await hangUp(ami, call)
    }))

  test(`${name}: more than 64 variables all arrive, one header each`, () =>
    withClient(target, async (ami) => {
      const given = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`MANY${i}`, `value ${i}, of 100`]))
      const call = await dial(ami, 'wait', { variables: given })
      const asked = Object.entries(given).map(async ([variable, value]) => {
        const reply = await ami.send('Getvar', { Channel: call.channel, Variable: variable })
        assert.equal(reply.get('Value'), value)
      })
      await Promise.all(asked)
      await hangUp(ami, call)
    }))

  test(`${name}: Setvar's value is taken as it is`, () =>
    withClient(target, async (ami) => {
      const call = await dial(ami)
      for (const Value of VALUES.filter((value) => value !== '' && !value.startsWith(' '))) {
        await ami.send('Setvar', { Channel: call.channel, Variable: 'SET', Value })
        const reply = await ami.send('Getvar', { Channel: call.channel, Variable: 'SET' })
        assert.equal(reply.get('Value'), Value)
      }
      await hangUp(ami, call)
    }))
}
