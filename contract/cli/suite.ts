// The command `amiable` on a real server, as a user runs it: what it prints, and how it exits.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { CommandLine, ended, type Ran } from '../../tools/testbed/command.ts'
import { withManagerConf } from '../support/manager-conf.ts'
import type { OurAsterisk } from '../targets.ts'

/** Runs every verb that talks to a server against this one. */
export function commandSuite(target: OurAsterisk): void {
  const { name, version, host, port, tls, accounts, cli } = target
  const place = (username: string, more = {}) => ({ host, port, username, secret: accounts[username] ?? '', ...more })
  const line = new CommandLine({
    pbx: place('frank'),
    readonly: place('readonly'),
    denied: place('denied'),
    silent: place('listener'),
  })
  after(() => line[Symbol.dispose]())
  const run = async (...args: string[]) => await line.run(args)

  test(`${name}: a command's output is what the console prints, and one that does not exist fails`, async () => {
    const [shown, missing, hints] = await Promise.all([
      run('-x', 'core show version'),
      run('-x', 'pjsip reload'),
      run('command', 'core', 'show', 'hints'),
    ])
    assert.deepEqual([shown.code, shown.stderr], [0, ''])
    assert.equal(shown.stdout, await cli?.('core show version'))
    assert.deepEqual([missing.code, missing.stdout.startsWith("No such command 'pjsip reload'")], [1, true])
    assert.equal(hints.code, 0)
    // blank lines and indentation stay
    assert.match(hints.stdout, /^\n? +-= Registered Asterisk Dial Plan Hints =-$/m)
  })

  test(`${name}: a call is seen by events, and by list while it is up`, async () => {
    const { done } = await watching(line, ['--until', 'Event=Hangup', '-w', 'Uniqueid=cli-1', '--json'])
    const sent = await run(
      'send',
      'Originate',
      'Channel=Local/wait@default',
      'Application=Wait',
      'Data=30',
      'ChannelId=cli-1',
      '-o',
      'json',
    )
    assert.equal(sent.code, 0, sent.stderr)
    const listed = await run('list', 'channels', '-w', 'Uniqueid=cli-1', '-o', 'name')
    assert.match(listed.stdout, /^Local\/wait@default-\w+;1\n$/)
    const table = await run('list', 'channels')
    assert.match(table.stdout, /^CHANNEL +STATE +SINCE/)
    const hung = await run('send', 'Hangup', `Channel=${listed.stdout.trim()}`)
    assert.match(hung.stdout, /^Success {2}Channel Hungup/)
    const { code, stdout } = await done
    assert.equal(code, 0)
    const names = stdout
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row).data.Event)
    for (const one of ['Newchannel', 'Newstate', 'Hangup']) assert.ok(names.includes(one), one)
  })

  test(`${name}: the exit status of originate is the outcome of the call`, async () => {
    const outcomes = await Promise.all(
      ['answered', 'busy', 'congestion', '_cause17'.slice(1)].map(
        async (exten) => (await run('originate', `Local/${exten}@default`, '--app', 'Wait', '--data', '1')).code,
      ),
    )
    assert.deepEqual(outcomes, [0, 10, 12, 10])
    const none = await run('originate', 'None/1', '--app', 'Wait', '--json')
    assert.deepEqual([none.code, JSON.parse(none.stdout).outcome], [14, 'failed'])
  })

  test(`${name}: every list with a short name answers, or says that this version has none`, async () => {
    const { stdout } = await run('list')
    const names = stdout
      .split('\n')
      .slice(1)
      .flatMap((row) => row.split(' ')[0] || [])
    assert.ok(names.length > 15)
    const answers = async (one: string) => {
      const ran = await run('list', one, '-o', 'csv', '--limit', '2')
      // chan_sip has gone with Asterisk 21
      assert.equal(ran.code, one === 'peers' && version > 20 ? 1 : 0, `${one}: ${ran.stderr}`)
      assert.doesNotMatch(ran.stderr, /without a column/, one)
    }
    // a few at a time: the machine has other tests
    while (names.length > 0) await Promise.all(names.splice(0, 4).map(answers))
  })

  test(`${name}: exit status 4 for a login that is refused, 1 for a missing right, 3 for no server`, async () => {
    line.file('wrong', 'wrong', 0o600)
    const [denied, right, nobody, wrong] = await Promise.all([
      run('-c', 'denied', '-x', 'core show version'),
      run('-c', 'readonly', '-x', 'core show version'),
      line.run(['-H', `ami://frank@${host}:1`, '-x', 'x y'], { env: { AMIABLE_SECRET_FILE: `${line.home}/wrong` } }),
      line.run(['-H', `ami://frank@${host}:${port}`, '-x', 'core show version'], {
        env: { AMIABLE_SECRET_FILE: `${line.home}/wrong` },
      }),
    ])
    assert.deepEqual([denied.code, right.code, nobody.code, wrong.code], [4, 1, 3, 4])
    assert.match(right.stderr, /write = command/)
    assert.match(wrong.stderr, /^amiable: .*the login of frank was refused/)
  })

  test(`${name}: over TLS with the certificates of the context`, async () => {
    const ca = line.file('ca.pem', tls.ca)
    const secret = line.file('secret', `${accounts.frank}\n`, 0o600)
    const added = await run(
      'context',
      'add',
      'secure',
      '--host',
      `amis://frank@${host}:${tls.port}`,
      '--ca',
      ca,
      '--secret-file',
      secret,
    )
    assert.equal(added.code, 0, added.stderr)
    const { code, stdout } = await run('context', 'test', 'secure')
    assert.deepEqual([code, /^secure {2}logged in after/.test(stdout)], [0, true])
  })

  test(`${name}: doctor says what the account may do, as the console has it, and nothing against a sound one`, async () => {
    const [sound, lacking, refused] = await Promise.all([
      run('doctor', '--for', 'originate', '--json'),
      run('doctor', '-c', 'readonly', '--for', 'originate', '--json'),
      run('doctor', '-c', 'denied', '--json'),
    ])
    const found = (ran: Ran) => JSON.parse(ran.stdout)[0].findings as { id: string; level: string; says: string }[]
    const faults = (ran: Ran) =>
      found(ran)
        .filter(({ level }) => level !== 'ok')
        .map(({ id }) => id)
    // the branch of 16 has ended, and an account that may originate can change its configuration
    assert.deepEqual([sound.code, faults(sound)], [0, version === 16 ? ['V2', 'V3'] : []])
    const ended = version === 16 ? ['V2'] : []
    assert.deepEqual([lacking.code, faults(lacking)], [1, [...ended, 'R2', 'R3']])
    assert.deepEqual([refused.code, faults(refused)], [1, ['A2']])
    const shown = (await cli?.('manager show user frank')) ?? ''
    const perm = (kind: string) =>
      new RegExp(`${kind} perm: (.*)`)
        .exec(shown)?.[1]
        ?.split(',')
        .filter((one) => one !== 'all')
    const words = (id: string) =>
      found(sound)
        .find((one) => one.id === id)
        ?.says.split(';')[0]
        ?.split(', ') ?? []
    assert.deepEqual(words('R2'), perm('read')?.sort())
    for (const one of words('R1')) assert.ok(perm('write')?.includes(one), one)
    assert.equal((await run('doctor', '-c', 'secure')).code, 0)
  })

  test(`${name}: doctor --deep and --idle find nothing in a sound one, and settings and filters that are wrong`, async () => {
    const found = async (...args: string[]) => {
      const { code, stdout } = await run('doctor', '--json', ...args)
      const [{ findings }] = JSON.parse(stdout) as [{ findings: { id: string; level: string; says: string }[] }]
      // the branch of 16 has ended
      const all = findings.filter(({ id }) => id !== 'V2' && id !== 'V3')
      return { code, all, faults: all.filter(({ level }) => level !== 'ok').map(({ id, says }) => `${id} ${says}`) }
    }
    const sound = await found('--deep', '300ms', '--idle', '300ms', '--for', 'originate')
    assert.deepEqual([sound.code, sound.faults], [0, []])
    for (const id of ['S0', 'K1', 'K2', 'K3', 'N1'])
      assert.ok(
        sound.all.some((one) => one.id === id),
        id,
      )
    const settings = (await cli?.('manager show settings')) ?? ''
    const [, address] = /^ {2}TCP Bindaddress: +(\S+)/m.exec(settings) ?? []
    assert.ok(sound.all.find(({ id }) => id === 'S0')?.says.includes(`TCP bindaddress ${address}, `))
    const hidden = [
      '\n[hidden]\nsecret = kN7c2vQ0xTz8\nread = call,system\nwrite = call,originate\nwritetimeout = 100',
      'eventfilter = !Event: VarSet\neventfilter = !Event: (Newchannel|Newexten)',
      // a reload takes these back, but neither allowmultiplelogin nor disabledevents (main/manager.c:manager_set_defaults)
      '[general](+)\nauthlimit = 9\nauthtimeout = 600\nbrokeneventsaction = yes\ndebug = yes\n',
    ].join('\n')
    await withManagerConf(target, hidden, async () => {
      const set = await found('--deep', '100ms')
      assert.deepEqual([set.code, set.faults.map((one) => one.slice(0, 2))], [0, ['S1', 'S2', 'S6', 'S7']])
      using other = new CommandLine({ pbx: { host, port, username: 'hidden', secret: 'kN7c2vQ0xTz8' } })
      const { code, stdout } = await other.run(['doctor', '--for', 'originate'])
      assert.equal(code, 1, stdout)
      assert.match(
        stdout,
        /ERROR {2}R4 originate +Newchannel is hidden by eventfilter = !Event: \(Newchannel\|Newexten\)\n/,
      )
    })
  })

  test(`${name}: docs --live is the page of the console, or the line of ListCommands without the right`, async () => {
    const [page, event, line] = await Promise.all([
      run('docs', 'QueuePause', '--live'),
      run('docs', 'DialEnd', '--live'),
      run('docs', 'QueueSummary', '--live', '-c', 'readonly'),
    ])
    // the console of the machine itself has colours
    const shown = stripVTControlCharacters((await cli?.('manager show command QueuePause')) ?? '')
    assert.deepEqual([page.code, page.stdout.trim()], [0, shown.trim()])
    assert.match(event.stdout, /DialStatus/)
    assert.match(line.stdout, /^QueueSummary: .*\(Priv: .*\)\n$/)
  })

  test(`${name}: hostile text of a user event reaches the terminal as text`, async () => {
    const { done } = await watching(line, [
      'UserEvent',
      '-w',
      'UserEvent=Hostile',
      '-n',
      '1',
      '--full',
      '--time',
      'none',
    ])
    await run('send', 'UserEvent', 'UserEvent=Hostile', 'Text=\x1b[2J\x1b]52;c;eA==\x07\u202e', '--no-check')
    const { code, stdout } = await done
    assert.equal(code, 0)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those must not be there
    assert.doesNotMatch(stdout, /[\x00-\x09\x0b-\x1f\u202e]/)
    assert.match(stdout, /Text +\\x1b\[2J/)
  })
}

/** Starts a watch and resolves when it is logged in. */
async function watching(line: CommandLine, args: readonly string[]): Promise<{ done: Promise<Ran> }> {
  const child = line.start(['events', '-v', '--for', '90s', ...args])
  const done = ended(child)
  await new Promise<void>((resolve) => {
    let said = ''
    child.stderr.on('data', (text: string) => {
      said += text
      if (said.includes('logged in')) resolve()
    })
    child.on('close', () => resolve())
  })
  return { done }
}
