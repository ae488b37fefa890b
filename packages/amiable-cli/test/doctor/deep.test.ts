// `amiable doctor --deep`, `--idle` and `--explain`: each check where it has something to find, and where it is silent.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { connect } from 'amiable'
import { startServer } from 'amiable/testing'
import { CommandLine } from '../../../../tools/testbed/command.ts'
import { lines, type Play, PlayedServer, type PlayedSession } from '../../../../tools/testbed/played-server.ts'
import { checkEncryption } from '../../src/doctor/encryption.ts'
import { EXPLANATIONS } from '../../src/doctor/explanations.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { checkIdle } from '../../src/doctor/idle.ts'
import { judgeAnswers, judgeEvents, listen } from '../../src/doctor/pace.ts'
import { judgeSettings, readSettings } from '../../src/doctor/settings.ts'
import { findHidden } from '../../src/managerconf/filters.ts'

const ACCOUNT = { username: 'frank', secret: 'a marked secret' }

/** What an Asterisk with sound settings prints. */
const SETTINGS: Readonly<Record<string, string>> = {
  'Manager (AMI)': 'Yes',
  'Web Manager (AMI/HTTP)': 'No',
  'TCP Bindaddress': '127.0.0.1:5038',
  'TLS Enable': 'No',
  'TLS Bindaddress': 'Disabled',
  'Allow multiple login': 'Yes',
  'Display connects': 'Yes',
  'Timestamp events': 'No',
  'Disabled events': '',
  Debug: 'No',
}

interface Played {
  /** Lines of `manager show settings` that differ. */
  readonly shown?: Readonly<Record<string, string>>
  /** Where the web server listens. */
  readonly web?: string | undefined
  /** Settings of manager.conf: `general,authlimit,-1`. */
  readonly file?: Readonly<Record<string, string>>
  readonly actions?: readonly string[]
  /** Sees every action before it is answered, and may answer it. */
  readonly also?: Play
}

/** Plays an Asterisk whose account may use the console and read variables. */
function played({ shown, web = '127.0.0.1:8088', file = {}, actions, also }: Played = {}): Play {
  const settings = Object.entries({ ...SETTINGS, ...shown })
  const printed: Readonly<Record<string, readonly string[]>> = {
    'manager show settings': [
      'Global Settings:',
      ...settings.map(([name, value]) => `  ${`${name}:`.padEnd(25)}  ${value.padEnd(15)}`),
    ],
    'http show status': ['HTTP Server Status:', `Server Enabled and Bound to ${web}`],
    'manager show user frank': ['         read perm: system,call,dialplan,all'],
  }
  return (action, session) => {
    const { name, id, get } = action
    const answer = (...more: string[]) => lines('Response: Success', `ActionID: ${id}`, ...more)
    const own = also?.(action, session)
    if (own !== undefined) return own
    // a server that has booted sends it directly behind (main/manager.c:action_login)
    if (name === 'Login') return answer('Message: Authentication accepted') + lines('Event: FullyBooted')
    if (name === 'Ping') return answer('Ping: Pong', `Timestamp: ${(Date.now() / 1_000).toFixed(6)}`)
    if (name === 'ListCommands') {
      const all = { Command: 'command', Getvar: 'call,reporting', Originate: 'originate', Hangup: 'system,call' }
      const may = Object.entries(all).filter(([one]) => actions === undefined || actions.includes(one))
      return answer(...may.map(([one, classes]) => `${one}: What it does.  (Priv: ${classes},all)`))
    }
    if (name === 'Getvar') {
      const key = /^AST_CONFIG\(manager\.conf,(.*)\)$/.exec(get('Variable'))?.[1] ?? ''
      return answer(`Variable: ${get('Variable')}`, `Value: ${file[key] ?? ''}`)
    }
    if (name !== 'Command') return undefined
    const output = printed[get('Command')]
    if (output !== undefined) return answer('Message: Command output follows', ...output.map((one) => `Output: ${one}`))
    return lines('Response: Error', `ActionID: ${id}`, 'Message: Command output follows', 'Output: No such command')
  }
}

/** Runs doctor on a server and returns its findings. */
async function doctor(port: number, ...args: string[]) {
  using line = new CommandLine({ pbx: { ...ACCOUNT, port } })
  const { code, stdout, stderr } = await line.run(['doctor', '--json', ...args])
  assert.equal(stderr, '')
  assert.doesNotMatch(stdout, /marked/)
  const [{ findings }] = JSON.parse(stdout) as [{ findings: Finding[] }]
  return { code, all: findings, bad: findings.filter(({ level }) => level !== 'ok') }
}

async function onPlayed(options: Played, ...args: string[]) {
  await using server = await PlayedServer.start(played(options))
  return await doctor(server.port, ...args)
}

function ids(findings: readonly Finding[]): string[] {
  return findings.map(({ id }) => id)
}

const DEEP = ['--deep', '100ms']

test('a sound server: --deep and --idle look at more, and are silent', async () => {
  const { code, all, bad } = await onPlayed({}, ...DEEP, '--idle', '100ms', '--for', 'originate')
  assert.deepEqual([code, bad], [0, []])
  assert.deepEqual(ids(all).slice(-5), ['S0', 'K1', 'N1', 'K3', 'K2'])
})

test('a sound simulator: only what it cannot be asked is open', async () => {
  await using server = await startServer({ users: { frank: { secret: ACCOUNT.secret, write: ['reporting'] } } })
  const { code, bad } = await doctor(server.port, ...DEEP, '--idle', '100ms')
  assert.deepEqual([code, ids(bad)], [0, ['R2', 'S0']])
})

const WEB = { 'Web Manager (AMI/HTTP)': 'Yes' }

test('S: each setting that is wrong is found alone, and those that are right are not', () => {
  const found = ({ shown, web, file = {} }: Played) => {
    const printed = Object.entries({ ...SETTINGS, ...shown }).map(([name, value]) => `  ${name}:  ${value}`)
    const set = (name: string) => file[`general,${name},-1`]
    return judgeSettings({
      shown: readSettings(printed),
      web,
      authlimit: set('authlimit'),
      authtimeout: set('authtimeout'),
      brokeneventsaction: set('brokeneventsaction'),
    }).map(({ id, level }) => `${id} ${level}`)
  }
  for (const [id, wrong] of [
    ['S1', { file: { 'general,authlimit,-1': '3' } }],
    ['S2', { file: { 'general,authtimeout,-1': '600' } }],
    ['S3', { shown: { 'Allow multiple login': 'No' } }],
    ['S4', { shown: WEB, web: '0.0.0.0:8088' }],
    ['S5', { shown: { 'TCP Bindaddress': '[::]:5038' } }],
    ['S6', { file: { 'general,brokeneventsaction,-1': 'yes' } }],
    ['S7', { shown: { Debug: 'Yes' } }],
  ] as const satisfies readonly (readonly [string, Played])[]) {
    assert.deepEqual(found(wrong), [`${id} warn`])
  }
  for (const right of [
    { shown: WEB, web: '127.0.0.1:8088' },
    { shown: WEB, web: undefined },
    { web: '0.0.0.0:8088' },
    { shown: { 'TCP Bindaddress': '[::1]:5038' } },
    { file: { 'general,authlimit,-1': '50', 'general,authtimeout,-1': '30', 'general,brokeneventsaction,-1': 'no' } },
  ]) {
    assert.deepEqual(found(right), ['S0 ok'])
  }
})

test('S: what is set is asked for', async () => {
  const { code, bad } = await onPlayed(
    {
      shown: { ...WEB, 'Allow multiple login': 'No', 'TCP Bindaddress': '0.0.0.0:5038', Debug: 'Yes' },
      web: '0.0.0.0:8088',
      file: { 'general,authlimit,-1': '3', 'general,authtimeout,-1': '600', 'general,brokeneventsaction,-1': 'yes' },
    },
    ...DEEP,
  )
  assert.deepEqual([code, ids(bad)], [0, ['S1', 'S2', 'S6', 'S3', 'S4', 'S5', 'S7']])
  assert.ok(bad.every(({ fix }) => fix?.[0] !== undefined))
  assert.match(bad[4]?.says ?? '', /at 0\.0\.0\.0:8088 without encryption/)
})

test('S0 says that settings cannot be asked without the console', async () => {
  const { bad } = await onPlayed({ actions: ['Hangup'] }, ...DEEP)
  assert.deepEqual(ids(bad), ['R2', 'S0'])
})

test('R4: a filter and disabledevents that hide what a verb needs', async () => {
  const file = {
    'frank,eventfilter,0': '!Event: VarSet',
    'frank,eventfilter,1': '!Event: Newchannel',
    'general,disabledevents,-1': 'DTMFBegin,Hangup',
  }
  const { code, bad } = await onPlayed({ file }, '--for', 'originate')
  assert.deepEqual([code, ids(bad)], [1, ['R4']])
  assert.equal(
    bad[0]?.says,
    'Newchannel is hidden by eventfilter = !Event: Newchannel; Hangup is off for everybody by disabledevents',
  )
  const sound = { 'frank,eventfilter,0': '!Event: VarSet', 'general,disabledevents,-1': 'DTMFBegin' }
  assert.deepEqual((await onPlayed({ file: sound }, '--for', 'originate')).bad, [])
})

test('R4 is silent where the server refuses to show its file', async () => {
  const also: Play = ({ name, id }) =>
    name === 'Getvar' ? lines('Response: Error', `ActionID: ${id}`, 'Message: Permission denied') : undefined
  const { code, bad } = await onPlayed({ also }, '--for', 'originate', ...DEEP)
  assert.deepEqual([code, bad], [0, []])
})

test('R4 in a file: the filters of each account', async () => {
  using line = new CommandLine()
  const head = '[general]\nenabled=yes\nbindaddr=127.0.0.1\n[frank]\nsecret=kN7c2vQ0xTz8mB4e\npermit=127.0.0.1\n'
  const path = line.file('manager.conf', `${head}read=call\neventfilter=Event: (VarSet|Newexten)\n`, 0o600)
  const found = await line.run(['doctor', '--config', path, '--for', 'originate'])
  assert.equal(found.code, 1)
  assert.match(found.stdout, /ERROR {2}R4 originate {2}OriginateResponse is hidden by eventfilter = Event: \(VarSet/)
  const silent = await line.run(['doctor', '--config', path])
  assert.deepEqual([silent.code, /R4/.test(silent.stdout)], [0, false])
})

test('R4: what can be read off a filter, and what is left open', () => {
  const hidden = (name: string, value: string) =>
    findHidden('x', ['Hangup', 'Newchannel', 'FullyBooted'], 'frank', [{ name, value }], '').flatMap(({ says }) =>
      [...says.matchAll(/(\w+) is hidden/g)].map(([, event]) => event),
    )
  const legacy = (value: string) => hidden('eventfilter', value)
  assert.deepEqual(legacy('!Event: Hangup'), ['Hangup'])
  assert.deepEqual(legacy('!Event: Hang'), ['Hangup'])
  assert.deepEqual(legacy('!^Event: .*'), ['Hangup', 'Newchannel'])
  assert.deepEqual(legacy('!Event: (New.*|Hangup)'), ['Hangup', 'Newchannel'])
  assert.deepEqual(legacy('!Event: Newexten|Event: Hangup'), ['Hangup'])
  assert.deepEqual(legacy('Event: Hangup'), ['Newchannel'])
  assert.deepEqual(legacy('!HangupRequest'), [])
  // which channels have it is not known
  assert.deepEqual(legacy('Channel: PJSIP/'), [])
  assert.deepEqual(legacy('!Channel: PJSIP/'), [])
  assert.deepEqual(legacy('!Event: Hangup$'), [])
  assert.deepEqual(hidden('eventfilter(action(exclude),name(Hangup))', ''), ['Hangup'])
  assert.deepEqual(hidden('eventfilter(name(Hangup))', '!'), ['Hangup'])
  assert.deepEqual(hidden('eventfilter(name(Hangup))', ''), ['Newchannel'])
  assert.deepEqual(hidden('eventfilter(action(exclude),name(Hangup),header(Cause),method(exact))', '16'), [])
  assert.deepEqual(hidden('eventfilter(action(exclude),header(Channel),method(contains))', 'PJSIP'), [])
})

test('R4: a pattern that would run for years is left open at once', () => {
  const value = `!Event: (${'(a+)+'.repeat(2_000)}`
  assert.deepEqual(findHidden('x', ['Hangup'], 'frank', [{ name: 'eventfilter', value }], ''), [])
})

test('K1: answers that are slow, and such that are not', () => {
  assert.deepEqual([judgeAnswers([1, 2, 900]).level, judgeAnswers([700, 2, 900]).level], ['ok', 'warn'])
  assert.match(judgeAnswers([700, 2, 900]).says, /^the median of 3 Pings took 700 ms, the slowest 900 ms$/)
})

/** Sends events of 2 kB to every session that has logged in: three rounds in a second are a flood. */
function flooding(): Play {
  const text = lines('Event: VarSet', 'Privilege: dialplan,all', 'Variable: X', `Value: ${'x'.repeat(4_000)}`).repeat(
    40,
  )
  const begun = new WeakSet<PlayedSession>()
  return ({ name }, session) => {
    if (name !== 'ListCommands' || begun.has(session)) return undefined
    begun.add(session)
    const timer = setInterval(() => session.say(text), 50)
    session.socket.on('close', () => clearInterval(timer))
    return undefined
  }
}

test('N1, N2 and K3: what comes, a flood of one name, and how long a program may stop reading', async () => {
  const { code, all, bad } = await onPlayed({ also: flooding() }, '--deep', '1s')
  assert.equal(code, 0)
  assert.deepEqual(ids(bad), ['N2', 'K3'])
  assert.match(all.find(({ id }) => id === 'N1')?.says ?? '', /VarSet \d/)
  assert.deepEqual(bad[0]?.fix?.slice(1), ['[frank]', 'eventfilter = !Event: VarSet'])
  assert.match(bad[1]?.says ?? '', /writetimeout is 100 ms$/)
  const patient = await onPlayed({ also: flooding(), file: { 'frank,writetimeout,-1': '5000' } }, '--deep', '1s')
  assert.deepEqual(ids(patient.bad), ['N2'])
})

test('N2 is silent where a verb needs the event, no name is half of all, or few come', () => {
  const found = (names: Record<string, number>, time = 1_000) => {
    const heard = { time, bytes: 1_000, names: new Map(Object.entries(names)), dropped: 0, lost: '' }
    return ids(judgeEvents(heard, ['originate'], 'frank', 100)).includes('N2')
  }
  assert.equal(found({ VarSet: 600, Hangup: 200 }), true)
  assert.equal(found({ VarSet: 600, Hangup: 200 }, 30_000), false)
  assert.equal(found({ VarSet: 60, Hangup: 20 }), false)
  assert.equal(found({ Newchannel: 900 }), false)
  assert.equal(found({ VarSet: 400, Hangup: 300, Cdr: 200 }), false)
})

test('N3: a connection that does not last, and events that were too many for this machine', async () => {
  const also: Play = ({ name, get }, session) => {
    if (name === 'Getvar' && get('Variable').includes('writetimeout')) setImmediate(() => session.socket.end())
    return undefined
  }
  const { code, bad } = await onPlayed({ also }, '--deep', '60s')
  assert.deepEqual([code, ids(bad)], [1, ['N3']])
  const dropped = judgeEvents({ time: 1_000, bytes: 0, names: new Map(), dropped: 3, lost: '' }, [], 'frank', 100)
  assert.equal(dropped.find(({ id }) => id === 'N3')?.says, 'this machine was too slow for 3 events')
})

test('K2: a silent connection that is ended', async () => {
  await using server = await PlayedServer.start()
  const client = await connect({ port: server.port, ...ACCOUNT, events: 'off', keepalive: false, reconnect: false })
  const found = checkIdle(client, 600_000, new AbortController().signal)
  server.session.socket.destroy()
  const { id, level, says, fix = [] } = await found
  assert.deepEqual([id, level, fix.length], ['K2', 'error', 2])
  assert.match(says, /^a silent connection was ended after /)
})

test('K2: a silent connection that nobody answers any more', async () => {
  await using server = await PlayedServer.start(({ name }) => (name === 'Ping' ? '' : undefined))
  const quiet = { events: 'off', keepalive: false, reconnect: false } as const
  const client = await connect({ port: server.port, ...ACCOUNT, ...quiet, actionTimeout: 50 })
  const { id, level, says } = await checkIdle(client, 1, new AbortController().signal)
  assert.deepEqual([id, level], ['K2', 'error'])
  assert.match(says, /answers no more, and nobody says that it has ended$/)
  client.destroy()
})

test('N3: a connection that has ended already', async () => {
  await using server = await PlayedServer.start()
  const client = await connect({ port: server.port, ...ACCOUNT, reconnect: false })
  server.session.socket.destroy()
  await client.closed
  const heard = await listen(client, 600_000, new AbortController().signal)
  assert.notEqual(heard.lost, '')
})

test('T5: a connection without TLS to another machine, and to this one', async () => {
  const context = { host: 'pbx.example', username: 'frank' }
  const [far, near] = await Promise.all([
    checkEncryption('pbx', context, '192.0.2.1', 100),
    checkEncryption('pbx', context, '127.0.0.1', 100),
  ])
  assert.deepEqual([ids(far), near], [['T5'], []])
})

test('--explain says what a check looks at, as text and as JSON, and names the nearest of a wrong one', async () => {
  using line = new CommandLine()
  const [text, json, wrong, tab] = await Promise.all([
    line.run(['doctor', '--explain', 'r3']),
    line.run(['doctor', '--explain', 'R3', '--json']),
    line.run(['doctor', '--explain', 'F99']),
    line.run(['complete', '--', 'doctor', '--explain', 'K']),
  ])
  assert.deepEqual([text.code, text.stdout.split('\n')[0]], [0, 'R3  the account may do what a verb needs'])
  assert.deepEqual(JSON.parse(json.stdout), { id: 'R3', ...EXPLANATIONS.R3 })
  assert.deepEqual([wrong.code, /there is no check F99; did you mean F9\?/.test(wrong.stderr)], [2, true])
  assert.deepEqual(tab.stdout.trim().split('\n'), ['K1', 'K2', 'K3'])
})

test('every check has an explanation, and every explanation a check', () => {
  const source = new URL('../../src/', import.meta.url)
  const texts = ['doctor', 'managerconf', 'verbs'].flatMap((folder) =>
    readdirSync(new URL(folder, source))
      .filter((name) => name !== 'explanations.ts')
      .map((name) => readFileSync(new URL(`${folder}/${name}`, source), 'utf8')),
  )
  const used = texts.flatMap((text) => [...text.matchAll(/(?:\bid: |\bwarn\(\s*)'([A-Z]\d+)'/g)].map(([, id]) => id))
  assert.deepEqual([...new Set(used)].sort(), Object.keys(EXPLANATIONS).sort())
})
