import assert from 'node:assert/strict'
import { test } from 'node:test'
import { completeLine } from '../../src/shell/complete-line.ts'
import { LiveNames } from '../../src/shell/live-names.ts'

const rows: Readonly<Record<string, Record<string, string>[]>> = {
  CoreShowChannels: [
    { Channel: 'PJSIP/100-1' },
    { Channel: 'PJSIP/101-2' },
    { Channel: 'evil\x1b[2J' },
    { Channel: 'a b' },
  ],
  QueueSummary: [{ Queue: 'sales' }],
  PJSIPShowEndpoints: [{ ObjectName: '100' }],
}
let asked: string[] = []
const client = {
  async *listRaw(action: string) {
    asked.push(action)
    for (const row of rows[action] ?? []) yield { get: (name: string) => row[name] }
  },
  command: async (line: string) => {
    asked.push(line)
    return ['rules sales support _EOF_']
  },
}
const names = new LiveNames(() => client as never)
const complete = (line: string) =>
  completeLine(line, {
    names,
    verbs: ['list', 'send', 'queue', 'originate'],
    verb: async (words) => (words[0] === 'send' ? ['Channel=', 'Cause='] : ['channels', '--json']),
    contexts: () => ['pbx1', 'pbx2'],
  })

for (const [line, found, word] of [
  ['li', ['list '], 'li'],
  ['QueueSu', ['QueueSummary '], 'QueueSu'],
  ['\\t', ['\\timing '], '\\t'],
  ['\\c pbx', ['pbx1', 'pbx2'], 'pbx'],
  ['Hangup Ch', ['Channel='], 'Ch'],
  ['Hangup Channel=P', ['Channel=PJSIP/100-1', 'Channel=PJSIP/101-2'], 'Channel=P'],
  ['send Hangup Channel=PJSIP/101', ['Channel=PJSIP/101-2 '], 'Channel=PJSIP/101'],
  ['queue s', ['sales '], 's'],
  ['originate PJ', ['PJSIP/100 '], 'PJ'],
  ['watch of', ['off '], 'of'],
  ['list ch', ['channels '], 'ch'],
  ["list 'ch", [], "'ch"],
] as const) {
  test(`Tab after ${line}`, async () => assert.deepEqual(await complete(line), [found, word]))
}

test('after an exclamation mark it is what the console completes, of which text could be no command of ours', async () => {
  asked = []
  assert.deepEqual(await complete('! queue show s'), [['sales', 'support'], 's'])
  assert.deepEqual(asked, ['_command matchesarray "queue show s" "s"'])
  assert.deepEqual(await complete('! queue show "'), [[], '"'])
  assert.deepEqual(await complete('!ru'), [['rules '], 'ru'])
})

test('names are asked for once in some seconds, and a server that refuses gives none', async () => {
  const fresh = new LiveNames(() => client as never)
  asked = []
  await Promise.all([fresh.of('queue'), fresh.of('queue')])
  assert.deepEqual(asked, ['QueueSummary'])
  const refused = new LiveNames(
    () =>
      ({
        // biome-ignore lint/correctness/useYield: it fails before
        listRaw: async function* () {
          throw new Error('Permission denied')
        },
        command: async () => Promise.reject(new Error('Permission denied')),
      }) as never,
  )
  assert.deepEqual([await refused.of('channel'), await refused.ofConsole('core ')], [[], []])
  const none = new LiveNames(() => undefined)
  assert.deepEqual([await none.of('channel'), await none.ofConsole('core ')], [[], []])
})
