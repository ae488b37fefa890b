// needs: asterisk-22, asterisk-16
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import {
  addEventFilter,
  type Client,
  type ConfigChange,
  connect,
  dbGet,
  type EventFilter,
  getConfig,
  getQueues,
  getVariable,
  type HangupTarget,
  hangup,
  type OriginateParams,
  reload,
  updateConfig,
} from 'amiable'
import { dial, hangUp, type LiveCall } from '../../support/calls.ts'
import { heardBy, nextEvent, optionsFor, withClient } from '../../support/client.ts'
import { type Target, withAsterisk, withSimulator } from '../../targets.ts'

const refused = (argument?: string) => ({ code: 'AMI_ARGUMENT', ...(argument && { argument }) })

/** Runs `body` beside a call of somebody else, which must live on. */
async function besideACall(target: Target, body: (ami: Client, other: LiveCall) => Promise<void>): Promise<void> {
  await using ami = await connect(optionsFor(target))
  await using somebody = await connect(optionsFor(target))
  const other = await dial(somebody)
  await body(ami, other)
  const { events } = await somebody.send('CoreShowChannels')
  assert.ok(
    events.some(({ Uniqueid }) => Uniqueid === other.uniqueid),
    "somebody else's call has ended",
  )
  await hangUp(somebody, other)
}

function hangups(target: Target): void {
  const { name } = target
  const dialled = { Channel: 'Local/noanswer@default', Application: 'Wait', Data: 1 }
  const ids: [what: string, argument: string, ids: object][] = [
    ['a pattern', 'ChannelId', { ChannelId: '/.*/' }],
    ['a pattern in another spelling', 'ChannelId', { channelid: '/Local/' }],
    ['half a pattern', 'ChannelId', { ChannelId: '/' }],
    ["another channel's name", 'ChannelId', { ChannelId: 'Local/wait@default-00000001;1' }],
    ['a list', 'ChannelId', { ChannelId: ['/.*/'] }],
    ['nothing', 'ChannelId', { ChannelId: '' }],
    ['a number', 'ChannelId', { ChannelId: 5 }],
    ['null', 'ChannelId', { ChannelId: null }],
    ['a pattern for the second half', 'OtherChannelId', { OtherChannelId: '/.*/' }],
    ['two', 'channelid', { ChannelId: 'a-1', channelid: '/.*/' }],
  ]
  test(`${name}: an id of a channel that Asterisk takes for a pattern is refused before it is dialled`, () =>
    besideACall(target, async (ami) => {
      for (const [what, argument, more] of ids) {
        const controller = new AbortController()
        const { bytesWritten } = ami.stats()
        const call = () => ami.originate({ ...dialled, ...more } as OriginateParams, { signal: controller.signal })
        assert.throws(call, refused(argument), what)
        controller.abort()
        assert.equal(ami.stats().bytesWritten, bytesWritten, what)
      }
    }))

  test(`${name}: a target that is undefined, mixed or none is never a pattern`, () =>
    besideACall(target, async (ami) => {
      const mine = await dial(ami)
      const targets: [what: string, argument: string, target: unknown][] = [
        ['both', 'pattern', { channel: mine.channel, pattern: '.*' }],
        ['neither', 'channel', {}],
        ['both undefined', 'channel', { channel: undefined, pattern: undefined }],
        ['a pattern that is null', 'pattern', { channel: mine.channel, pattern: null }],
        ['a pattern that is no string', 'pattern', { pattern: /.*/ }],
        ['an empty pattern', 'pattern', { pattern: '' }],
        ['a name that is a pattern', 'channel', { channel: '/.*/' }],
        ['a blank and a pattern', 'channel', { channel: ' /.*/' }],
        ['a name misspelt', 'Channel', { Channel: mine.channel }],
        ['a string', 'target', mine.channel],
      ]
      for (const [what, argument, one] of targets) {
        assert.throws(() => hangup(ami, one as HangupTarget), refused(argument), what)
      }
      assert.deepEqual(await hangup(ami, { channel: mine.channel, pattern: undefined }), [mine.channel])
    }))

  test(`${name}: an aborted call of one's own id ends, and no other`, () =>
    besideACall(target, async (ami) => {
      const controller = new AbortController()
      const ChannelId = `hostile-${randomBytes(6).toString('hex')}`
      const begun = nextEvent(ami, 'Newchannel', (event) => event.get('Uniqueid') === ChannelId)
      const call = ami.originate({ ...dialled, ChannelId, Timeout: 20_000 }, { signal: controller.signal })
      await begun
      const ended = nextEvent(ami, 'Hangup', (event) => event.get('Uniqueid') === ChannelId)
      controller.abort()
      await assert.rejects(call, { name: 'AbortError' })
      await ended
    }))

  const moments: readonly [when: string, wait: (ami: Client) => Promise<unknown>][] = [
    ['at once', () => Promise.resolve()],
    ['when it has left', () => new Promise(setImmediate)],
    ['when it was accepted', (ami) => ami.send('Ping')],
  ]
  for (const [when, wait] of moments) {
    test(`${name}: a call with the id of another channel, aborted ${when}, leaves that channel alone`, () =>
      besideACall(target, async (ami, other) => {
        // Asterisk compares ids without regard to case, and 22 refuses the beginning of another as well
        const taken = [
          other.uniqueid,
          other.uniqueid.toUpperCase(),
          other.uniqueid.slice(0, -4),
          `${other.uniqueid}-far`,
        ]
        await using deaf = await connect(optionsFor(target, { events: 'off' }))
        for (const client of [ami, deaf]) {
          for (const ChannelId of taken) {
            const controller = new AbortController()
            const call = client.originate({ ...dialled, ChannelId }, { signal: controller.signal })
            await wait(client)
            controller.abort()
            await call.then(
              ({ outcome }) => assert.equal(outcome, 'unknown'),
              (error) => assert.equal(error.name, 'AbortError'),
            )
          }
          await client.close()
        }
      }))
  }
}

function smallPrint(target: Target): void {
  const { name } = target
  test(`${name}: what stands for all to Asterisk, or acts, is refused where one thing was meant`, () =>
    withClient(target, async (ami) => {
      const append: ConfigChange = { change: 'append', category: 'a', name: 'n', value: 'v' }
      const calls: [what: string, argument: string, call: () => unknown][] = [
        ['reload of a module without a name', 'module', () => reload(ami, '')],
        ['reload of null', 'module', () => reload(ami, null as never)],
        ['reload of a line more', 'module', () => reload(ami, 'app_queue\r\nAction: Logoff')],
        ['a reload that means all', 'reload', () => updateConfig(ami, 'a.conf', [append], { reload: 'on' })],
        ['a reload of an empty name', 'reload', () => updateConfig(ami, 'a.conf', [append], { reload: '' })],
        ['a file that is a pattern', 'filename', () => updateConfig(ami, '*.conf', [append])],
        ['a file to write that is a pattern', 'to', () => updateConfig(ami, 'a.conf', [append], { to: '[a-z].conf' })],
        ['a file to read that is a pattern', 'filename', () => getConfig(ami, '{queues,sip}.conf')],
        ['a category without a name', 'category', () => getConfig(ami, 'queues.conf', { category: '' })],
        [
          'a filter that leaves its quotes',
          'filter',
          () => updateConfig(ami, 'a.conf', [{ ...append, filter: 'a=b",template,inherit="c' }]),
        ],
        ['a queue without a name', 'name', () => getQueues(ami, { name: '' })],
        ['a channel without a name', 'channel', () => getVariable(ami, 'A', { channel: '' })],
        ['a function that runs a command', 'name', () => getVariable(ami, 'SHELL(touch /tmp/amiable-hostile)')],
        ['the same in another', 'name', () => getVariable(ami, 'CUT(SHELL(id),=,1)')],
        ['a function that deletes', 'name', () => getVariable(ami, 'DB_DELETE(a/b)')],
        ['a family without a name', 'family', () => dbGet(ami, '', 'k')],
        ['a key that is too long', 'key', () => dbGet(ami, 'f', 'k'.repeat(253))],
      ]
      const { bytesWritten } = ami.stats()
      for (const [what, argument, call] of calls) await assert.rejects(async () => call(), refused(argument), what)
      assert.equal(ami.stats().bytesWritten, bytesWritten)
      if (!target.real) return
      assert.equal(await getVariable(ami, 'TOUPPER(abc)'), 'ABC')
      await ami.send('DBPut', { Family: 'f', Key: 'k'.repeat(252), Val: 'v' })
      assert.equal(await dbGet(ami, 'f', 'k'.repeat(252)), 'v')
      await ami.send('DBDelTree', { Family: 'f' })
    }))

  const colours = { plain: 'red', bang: '!red', bangs: '!!red', long: 'dark !red', round: 'red (x)', star: 'r.d*' }
  const exclude = { action: 'exclude', event: 'UserEvent', header: 'Colour' } as const
  const filters: [filter: EventFilter, kept: (keyof typeof colours)[]][] = [
    [{ ...exclude, value: '!red' }, ['plain', 'bangs', 'long', 'round', 'star']],
    [{ ...exclude, value: '!!red' }, ['plain', 'bang', 'long', 'round', 'star']],
    [{ ...exclude, method: 'startsWith', value: '!' }, ['plain', 'long', 'round', 'star']],
    [{ ...exclude, method: 'endsWith', value: '!red' }, ['plain', 'round', 'star']],
    [{ ...exclude, method: 'contains', value: '!' }, ['plain', 'round', 'star']],
    [{ ...exclude, method: 'regex', value: '!+red' }, ['plain', 'round', 'star']],
    [{ ...exclude, method: 'regex', value: '^red|^!!' }, ['bang', 'long', 'star']],
    [{ ...exclude, method: 'regex', value: '^(red|dark !red)$' }, ['bang', 'bangs', 'round', 'star']],
    [{ ...exclude, method: 'regex', value: '[)(]' }, ['plain', 'bang', 'bangs', 'long', 'star']],
    [{ ...exclude, value: 'r.d*' }, ['plain', 'bang', 'bangs', 'long', 'round']],
    [{ action: 'include', value: '!red' }, ['bang', 'bangs', 'long']],
    [{ action: 'include', event: 'UserEvent', value: '!!' }, ['bangs']],
  ]
  for (const [filter, kept] of filters) {
    const { value, method, action } = filter
    test(`${name}: ${action} ${method ?? ''} ${value}: a filter means what it says`, async () => {
      await using speaker = await connect(optionsFor(target))
      await withClient(target, async (ami) => {
        await addEventFilter(ami, filter)
        const heard: string[] = []
        const mark = `Hostile${randomBytes(4).toString('hex')}`
        ami.on('UserEvent', (event) => {
          if (event.UserEvent === mark) heard.push(event.get('Short') ?? '')
        })
        for (const [Short, Colour] of Object.entries(colours)) {
          await speaker.send('UserEvent', { UserEvent: mark, Short, Colour })
        }
        await heardBy(ami, speaker)
        assert.deepEqual(heard, kept)
      })
    })
  }

  test(`${name}: a filter that would mean another thing elsewhere is refused`, () =>
    withClient(target, async (ami) => {
      const wrong: [argument: string, filter: object][] = [
        ['value', { ...exclude, value: '' }],
        ['value', { ...exclude, value: ' red' }],
        ['value', { ...exclude, value: 'a\r\nOperation: x' }],
        ['value', { ...exclude, value: 'a\0b' }],
        ['value', { ...exclude, value: 5 }],
        ['value', { ...exclude, value: 'x'.repeat(1_100) }],
        ['value', { ...exclude, value: '.'.repeat(600) }],
        ['value', { ...exclude, method: 'regex', value: 'a)|(b' }],
        ['value', { ...exclude, method: 'regex', value: '(a' }],
        ['value', { ...exclude, method: 'regex', value: '[a' }],
        ['value', { ...exclude, method: 'regex', value: 'a\\' }],
        ['method', { action: 'exclude', value: 'a', method: 'exact' }],
        ['method', { action: 'exclude', value: 'a', method: 'endsWith' }],
        ['event', { action: 'exclude', event: 'A,B' }],
        ['event', { action: 'exclude', event: 'A)' }],
        ['event', { action: 'exclude', event: ['A'] }],
        ['header', { action: 'exclude', header: 'A),method(none', value: 'x' }],
        ['mehtod', { ...exclude, value: 'a', mehtod: 'regex' }],
        ['action', { event: 'A' }],
      ]
      for (const [argument, filter] of wrong) {
        assert.throws(() => addEventFilter(ami, filter as EventFilter), refused(argument), JSON.stringify(filter))
      }
    }))
}

function dangerousActions(target: Target): void {
  describe(`${target.name}: dangerous actions`, () => {
    hangups(target)
    smallPrint(target)
  })
}

await withSimulator(dangerousActions)
for (const version of [22, 16] as const) withAsterisk(version, dangerousActions)
