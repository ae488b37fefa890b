// Every exit status, by what a server, a network or a user does; and a call that is followed to its end.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type AmiEvent, type Client, connect } from 'amiable'
import { CommandLine, ended } from '../../tools/testbed/command.ts'
import { Relay } from '../state/support/relay.ts'
import { nextEvent, optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'

/** What is left of a call's ladder when times and ids are gone. */
const STEP = /^ +[\d.]+ {2}[^\w]*(.*)$/gm

export function exitSuite(target: Target): void {
  const { name, host, port, accounts } = target
  const place = (username: string, more = {}) => ({ host, port, username, secret: accounts[username] ?? '', ...more })
  let relay: Relay
  let line: CommandLine
  let ami: Client
  before(async () => {
    relay = await Relay.start(host, port)
    line = new CommandLine({
      pbx: place('frank'),
      relayed: place('frank', { port: relay.port }),
      gone: place('frank', { port: 1 }),
    })
    ami = await connect(optionsFor(target))
  })
  after(async () => {
    await ami.close()
    await relay[Symbol.asyncDispose]()
    line[Symbol.dispose]()
  })
  const codeOf = async (...words: string[]) => (await line.run(words)).code

  test(`${name}: the exit status is 1, 2, 3, 5 or 8 where it says so`, async () => {
    const codes = await Promise.all([
      codeOf('queue', 'nobody'),
      codeOf('send', 'QueuePause', 'Interfce=PJSIP/200'),
      codeOf('-c', 'gone', 'top', '--once'),
      codeOf('events', 'UserEvent', '-w', 'UserEvent=Never', '-n', '1', '--for', '100ms'),
      codeOf('-c', 'pbx,gone', 'send', 'Ping'),
    ])
    assert.deepEqual(codes, [1, 2, 3, 5, 8])
  })

  test(`${name}: a connection lost in the middle of an answer is 3 for what reads, 6 for what changes`, async () => {
    relay.resetAt('DBGetResponse')
    await ami.send('DBPut', { Family: 'exits', Key: 'key', Val: 'x' })
    const read = await line.run(['-c', 'relayed', 'send', 'DBGet', 'Family=exits', 'Key=key'])
    relay.resetAt('Updated database successfully')
    const changed = await line.run(['-c', 'relayed', 'send', 'DBPut', 'Family=exits', 'Key=key', 'Val=y'])
    relay.calm()
    assert.equal(relay.strikes, 2)
    assert.deepEqual([read.code, changed.code], [3, 6], read.stderr + changed.stderr)
    assert.match(changed.stderr, /may have carried it out: look before you repeat it/)
    const { Val } = (await ami.send('DBGet', { Family: 'exits', Key: 'key' })).events[0] ?? {}
    assert.equal(Val, 'y')
  })

  test(`${name}: a recording that is as large as it may be is 7`, async () => {
    const child = line.start(['-v', 'record', 'large.jsonl', '--class', 'user', '--max', '1k'])
    const done = ended(child)
    const said = new Promise<void>((resolve) => {
      child.stderr.on('data', (text: string) => text.includes('logged in') && resolve())
    })
    await said
    for (let n = 0; n < 10; n++) await ami.send('UserEvent', { UserEvent: 'Large', Text: 'x'.repeat(200) })
    assert.equal((await done).code, 7)
  })

  test(`${name}: a call that rings too long is 11, one that was hung up 13`, async () => {
    const codes = await Promise.all([
      codeOf('originate', 'Local/noanswer@default', '--app', 'Wait', '--ring', '1s', '-q'),
      codeOf('originate', 'Local/early@default', '--app', 'Wait', '-q'),
    ])
    assert.deepEqual(codes, [11, 13])
  })

  test(`${name}: ^C and SIGTERM while a call rings hang it up, with 130 and 143`, async () => {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const isIt = (event: AmiEvent) => event.get('Exten') === 'noanswer'
      const isRinging = (event: AmiEvent) => isIt(event) && event.get('ChannelStateDesc') === 'Ringing'
      const ringing = nextEvent(ami, 'Newstate', isRinging)
      const gone = nextEvent(ami, 'Hangup', isIt)
      const child = line.start(['originate', 'Local/noanswer@default/n', '--app', 'Wait'])
      const done = ended(child)
      await ringing
      child.kill(signal)
      const ran = await done
      assert.equal(ran.code, code, ran.stderr)
      assert.match(ran.stderr, /interrupted: the call was hung up/)
      await gone
    }
  })

  test(`${name}: a full disk is 74, and one line`, { skip: process.platform !== 'linux' }, async () => {
    for (const words of [
      ['list', 'channels', '--json'],
      ['queue', 'support'],
    ]) {
      const full = openSync('/dev/full', 'w')
      const child = spawn(process.execPath, [line.bin, ...words], { env: line.env(), stdio: ['ignore', full, 'pipe'] })
      let stderr = ''
      child.stderr?.on('data', (text) => {
        stderr += text
      })
      assert.equal(await new Promise((resolve) => child.on('close', resolve)), 74)
      assert.match(stderr, /could not be written: ENOSPC[^\n]*\n$/)
    }
  })

  test(`${name}: a call is followed to its end, and its ladder is what happened`, async () => {
    const callerId = { CallerID: '"Ann" <100>', ChannelId: 'ladder-1', OtherChannelId: 'ladder-2' }
    const { Channel } = await ami.originate({
      Channel: 'Local/echo@default/n',
      Application: 'Wait',
      Data: '600',
      ...callerId,
    })
    const child = line.start(['call', 'ladder-1'])
    const done = ended(child)
    await new Promise<void>((resolve) => {
      let said = ''
      child.stdout.on('data', (text: string) => {
        said += text
        if (/^ +time/m.test(said)) resolve()
      })
    })
    await ami.send('Hangup', { Channel, Cause: 16 })
    const { code, stdout, stderr } = await done
    assert.equal(code, 0, stderr)
    const steps = [...stdout.matchAll(STEP)].map(([, text]) => text)
    assert.deepEqual(steps, ['16 Normal Clearing'], stdout)
    assert.match(stdout, /^Ann <100> {2}[\d:.]+ {2}[\d.ms]+ .*16 Normal Clearing/m)
  })
}
