import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { AmiEvent, Client } from 'amiable'
import { nextEvent, withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

const texts: Record<string, string> = {
  'letters of many scripts': 'Zoë, Łukasz, Ελένη, 山田 and 🐢',
  'quotes and backslashes': `"double" 'single' \\back\\slash\\`,
  'colons and what looks like a header': 'a:b: c: Event: Hangup',
  'commas, semicolons and brackets': 'a,b;c(d[e{f}g]h)i',
  'dollars and percents': '\u0024{EXTEN} $[1+1] %41 %s',
  'blanks inside and at the end': 'two  blanks, one behind ',
  'a tab and a bell': 'a\tb\x07c',
  nothing: '',
}

// what Asterisk's own escapes would make of it must not be undone in what was never escaped
const variables: Record<string, string> = {
  SPACES: 'two  words ',
  QUOTES: `"double" and 'single'`,
  EQUALS: 'a=b==c',
  COMMAS: 'a,b,,c,',
  BACKSLASH: 'C:\\temp\\new\\',
  PARENTHESES: 'f(x, (y',
  BRACKETS: '[a]],b',
  ACCENTS: 'Zoë 山',
  DOLLAR: '$5 and 100%',
  ESCAPES: '\\n is not a newline\\',
}

/** What is sent is what arrives, whatever the characters. */
export function text(target: Target): void {
  const { name } = target

  for (const [what, value] of Object.entries(texts)) {
    test(`${name}: a user event brings back ${what}`, () =>
      withClient(target, async (ami) => {
        const event = await echo(ami, { Body: value })
        assert.equal(event.get('Body'), value)
        assert.equal(event.Body, value)
      }))
  }

  test(`${name}: a user event brings back a repeated header in its order`, () =>
    withClient(target, async (ami) => {
      const event = await echo(ami, { Line: ['one', 'two', 'one'] })
      assert.deepEqual(event.getAll('Line'), ['one', 'two', 'one'])
    }))

  test(`${name}: a user event's own header is not unescaped, though it is called as one that Asterisk escapes`, () =>
    withClient(target, async (ami) => {
      const event = await echo(ami, { CallerIDName: "O\\'Brien" })
      assert.equal(event.CallerIDName, "O\\'Brien")
    }))

  test(`${name}: every byte but CR, LF and NUL goes out and comes back in latin1`, () =>
    withClient(
      target,
      async (ami) => {
        const value = Array.from({ length: 255 }, (_, i) => String.fromCharCode(i + 1))
          .filter((letter) => letter !== '\r' && letter !== '\n')
          .join('')
        assert.equal((await echo(ami, { Body: `x${value}` })).get('Body'), `x${value}`)
      },
      { encoding: 'latin1' },
    ))

  test(`${name}: bytes that are not UTF-8 become U+FFFD, and the event arrives all the same`, () =>
    withClient(target, async (listener) => {
      const mark = `Bytes${randomUUID()}`
      const heard = nextEvent(listener, 'UserEvent', (event) => event.UserEvent === mark)
      await withClient(target, (sender) => sender.sendRaw('UserEvent', { UserEvent: mark, Body: 'caf\xe9 \xff!' }), {
        encoding: 'latin1',
      })
      assert.equal((await heard).get('Body'), 'caf\ufffd \ufffd!')
    }))

  test(`${name}: an originated channel gets exactly the variables that were given`, () =>
    withClient(target, async (ami) => {
      const uniqueid = randomUUID()
      const set = new Map<string, string>()
      const listener = ami.on('VarSet', (event) => {
        if (event.Uniqueid === uniqueid && event.Variable !== undefined) set.set(event.Variable, event.Value ?? '')
      })
      const over = nextEvent(ami, 'Hangup', (event) => event.Uniqueid === uniqueid)
      const channel = { Channel: 'Local/quick@default/n', Application: 'Hangup', Async: true, ChannelId: uniqueid }
      await ami.sendRaw('Originate', channel, { variables })
      await over
      listener.remove()
      assert.deepEqual(Object.fromEntries(Object.keys(variables).map((key) => [key, set.get(key)])), variables)
    }))
}

async function echo(ami: Client, headers: Record<string, string | string[]>): Promise<AmiEvent> {
  const mark = `Echo${randomUUID()}`
  const heard = nextEvent(ami, 'UserEvent', (event) => event.UserEvent === mark)
  await ami.sendRaw('UserEvent', { UserEvent: mark, ...headers })
  return await heard
}
