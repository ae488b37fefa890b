// The same plain FastAGI server, and the same lines, on an Asterisk and on the simulator of its version: what comes back
// is compared byte for byte, but for the usage of a command, which Asterisk has in words of its own.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { type AsteriskVersion, startServer } from 'amiable/testing'
import type { OurAsterisk, Target } from '../../targets.ts'
import { type CallOptions, PlainCall } from './plain-server.ts'
import { GROUPS } from './rows.ts'

const DIALPLAN = readFileSync(new URL('../../../tools/servers/asterisk/etc/extensions.conf', import.meta.url), 'utf8')

/** All comparisons, with the Asterisk of one version. */
export function differential(real: OurAsterisk): void {
  const simulator = startSimulator(real)

  /** Plays something on both, and compares what it gives. */
  const both = (name: string, play: (call: PlainCall) => Promise<unknown>, options: CallOptions = {}) =>
    test(`${real.name}: ${name}`, async () => {
      const on = async (target: Target) => {
        await using call = await PlainCall.open(target, options)
        return await play(call)
      }
      const [theirs, ours] = await Promise.all([on(real), on(await simulator)])
      assert.deepEqual(ours, theirs)
    })

  describe('the environment', () => {
    const lines = async (call: PlainCall) => masked(call)
    both('names, order and values', lines)
    both('with a script, a query and arguments', lines, {
      path: '/ivr/a%20b//c?lang=en&x=%C3%A9#frag',
      args: 'first,second arg,"third,with comma",a\\,b,(c,d),[e,f],',
    })
    both('with a bare slash', lines, { path: '/' })
    both('of a caller with a name, a number and an account', lines, {
      headers: { CallerID: '"Jo \\"X\\" Y" <12-34>', Account: 'acc' },
    })
  })

  for (const [name, rows] of Object.entries(GROUPS)) {
    both(`answers: ${name}`, async (call) => {
      const answers: string[] = []
      for (const row of rows) {
        const line = row
          .replace('@UPPER', call.channel.toUpperCase())
          .replace('@UNIQUEID', call.uniqueid)
          .replace('@', call.channel)
        answers.push(`${row.slice(0, 60)} -> ${withoutUsage(await call.ask(line))}`)
      }
      return answers
    })
  }

  describe('lines', () => {
    const limit = real.version === 16 ? 2_046 : 8_190
    // what is left of a line may come with the next command only: how many answers come before it, by blocks of 4,096
    const atOnce = real.version === 16 ? [1, 1, 1, 3] : [1, 1, 2, 2]
    for (const [at, more] of [0, 1, 2, 3_000].entries()) {
      both(`of ${more} bytes more than fit`, async (call) => {
        call.write(`NOOP ${'x'.repeat(limit - 5 + more)}\n`)
        const first = await call.until((text) => text.split('\n').length > (atOnce[at] as number))
        return [first, await call.fence()]
      })
    }
    both('of which two come at once', async (call) => {
      call.write('NOOP\nGET VARIABLE EXTEN\n')
      const first = await call.answer()
      call.write('NOOP\n')
      return [first, await call.until((text) => text.split('\n').length > 2), await call.fence()]
    })
    both('with a NUL, which goes on with the next', async (call) => {
      call.write('SET VARIABLE A b\0c\n')
      return [await call.ask('d'), await call.ask('GET VARIABLE A')]
    })
    both('of many words', async (call) => call.ask(`GET FULL VARIABLE ${'x '.repeat(200)}`).then(withoutUsage))
  })

  describe('how it ends', () => {
    const ends: Record<string, (call: PlainCall) => Promise<unknown>> = {
      'by our end': async (call) => {
        call.end()
        return [await call.over(), await call.status()]
      },
      'by a reset': async (call) => {
        call.reset()
        return call.status()
      },
      'by FAILURE': async (call) => {
        call.write('failure of ours\n')
        return [await call.over(), await call.status()]
      },
      'by our end behind a command': async (call) => {
        call.write('NOOP\n')
        call.end()
        return [await call.over(), await call.status()]
      },
      'by our end behind a failed command': async (call) => {
        const failed = await call.ask('STREAM FILE nosuch ""')
        call.end()
        return [failed, await call.over(), await call.status()]
      },
      'by a hangup while nothing runs': async (call) => {
        call.ami.action({ Action: 'Hangup', Channel: call.channel })
        const told = await call.until((text) => text.includes('HANGUP\n'))
        const after = [await call.ask('CHANNEL STATUS'), await call.ask('GET VARIABLE EXTEN')]
        call.end()
        return [told, after, await call.over(), await call.status()]
      },
      'by a hangup in a command': async (call) => {
        const done = call.ask('WAIT FOR DIGIT -1')
        await call.hears('AGIExecStart', 'Command: WAIT FOR DIGIT -1')
        call.ami.action({ Action: 'Hangup', Channel: call.channel })
        const answer = await done
        call.end()
        return [answer, await call.over(), await call.status()]
      },
    }
    for (const [name, play] of Object.entries(ends)) both(name, play)
    both('by a redirect', redirected, { dialplan: 'default' })
    for (const rows of [
      [],
      ['SET PRIORITY 4'],
      ['SET PRIORITY there'],
      ['SET EXTENSION agisub', 'SET PRIORITY 1'],
      ['SET CONTEXT other', 'SET EXTENSION s', 'SET PRIORITY 1'],
      ['SET CONTEXT other', 'SET EXTENSION s'],
      ['EXEC Goto other,s,1'],
      ['GOSUB default agisub second'],
      ['STREAM FILE nosuch ""'],
      ['HANGUP'],
    ]) {
      both(`and the dialplan goes on behind ${rows.join(', ') || 'nothing'}`, (call) => goesOn(call, rows), {
        dialplan: 'default',
      })
    }
    both(
      'of a channel that was hung up before it began',
      async (call) => {
        const answers = [
          await call.ask('CHANNEL STATUS'),
          await call.ask('GET VARIABLE EXTEN'),
          await call.ask('ANSWER'),
        ]
        call.end()
        return [masked(call), answers, await call.over(), await call.status()]
      },
      { dialplan: 'lasting' },
    )
    const variable = (text: string) => ({ headers: { Variable: text } })
    both('by a hangup with AGIEXITONHANGUP', (call) => hungUp(call), variable('AGIEXITONHANGUP=yes'))
    both('by a hangup with AGISIGHUP=no', (call) => quietly(call), variable('AGISIGHUP=no'))
  })

  describe('what is heard meanwhile', () => {
    const starts = (call: PlainCall, command: string) => call.hears('AGIExecStart', `Command: ${command}`)
    const pressed = (line: string, digits: string, mask = true) =>
      both(`${line}, and ${digits} is pressed`, async (call) => {
        const done = call.ask(line)
        await starts(call, line)
        await call.press(digits)
        const answer = await done
        return mask ? answer.replace(/endpos=\d+/, 'endpos=N') : answer
      })
    pressed('WAIT FOR DIGIT 5000', '7')
    pressed('GET DATA "" 5000 4', '12#')
    pressed('GET DATA "" 5000 2', '12')
    pressed('GET DATA "" 5000', '#')
    // the key must come in the time, and then the time must pass
    pressed('GET DATA "" 2000 4', '1')
    pressed('GET DATA auth-thankyou 3000 2', '*9')
    pressed('STREAM FILE auth-incorrect "45"', '35')
    pressed('CONTROL STREAM FILE auth-incorrect "45"', '5')
    pressed('GET OPTION auth-incorrect "45" 3000', '4')
    pressed('GET OPTION beep "45" 5000', '4')
    pressed('SAY DIGITS 1234567890 "8"', '8')
    pressed('RECORD FILE /tmp/agi-digit wav "0#" 5000', '#')
    for (const line of ['STREAM FILE auth-incorrect ""', 'GET DATA auth-incorrect', 'WAIT FOR DIGIT -1']) {
      both(`${line}, and a new command comes`, async (call) => {
        call.write(`${line}\n`)
        await starts(call, line)
        return call.fence()
      })
    }
    // the simulator has no voices to be silent: packages/amiable/test/testing/apps/agi/async.test.ts
    test(`${real.name}: a silence ends a recording with the time that was left`, async () => {
      await using call = await PlainCall.open(real, { extension: 'silence' })
      const answer = await call.ask('RECORD FILE /tmp/agi-silence wav "#" 30000 s=1')
      const [, left = ''] = /^200 result=(\d+) \(timeout\) endpos=8160\n$/.exec(answer) ?? []
      assert.ok(Number(left) > 20_000 && Number(left) < 29_000, answer)
    })
    both('digits between two commands', async (call) => {
      await call.press('1')
      // Asterisk's thread has read it when it has answered a command
      const idle = await call.fence()
      return [idle, await call.ask('WAIT FOR DIGIT 200')]
    })
    const controlled: Record<string, readonly string[]> = {
      'STREAM FILE auth-incorrect ""': ['stop', 'pause', 'restart', 'forward,forward', 'reverse,stop'],
      'CONTROL STREAM FILE auth-incorrect ""': [
        'stop',
        'pause,stop',
        'pause,pause,stop',
        'restart,stop',
        'forward,stop',
      ],
      'GET DATA auth-incorrect 200': ['stop', 'pause'],
      'WAIT FOR DIGIT 5000': ['stop', 'pause', 'restart', 'forward', 'reverse'],
    }
    for (const [line, all] of Object.entries(controlled)) {
      for (const controls of all) {
        both(`${line}, and ControlPlayback says ${controls}`, async (call) => {
          const done = call.ask(line)
          await starts(call, line)
          for (const Control of controls.split(',')) {
            call.ami.action({ Action: 'ControlPlayback', Channel: call.channel, Control })
            await call.ami.ask({ Action: 'Ping' })
          }
          const answer = (await done).replace(/endpos=\d+/, 'endpos=N')
          return [answer, await call.ask('GET VARIABLE CPLAYBACKSTATUS')]
        })
      }
    }
    pressed('CONTROL STREAM FILE auth-incorrect 9 1000 # * 0', '#*9')
    pressed('CONTROL STREAM FILE auth-incorrect 9 1000 # * 0', '0#09')
    pressed('CONTROL STREAM FILE auth-incorrect 9 1000 # * 0', '09')
    pressed('CONTROL STREAM FILE auth-incorrect "" 5000', '#')
  })
}

/** The environment with what differs from call to call masked. */
function masked(call: PlainCall): string[] {
  return call.environment
    .replaceAll(call.url, 'agi://…')
    .replaceAll(call.channel, 'CHANNEL')
    .replaceAll(call.uniqueid, 'UNIQUEID')
    .replace(/^(agi_threadid: )\d+$/m, '$1N')
    .split('\n')
}

function withoutUsage(answer: string): string {
  return answer.replace(/^(520-.*\n)(?:(?!520 ).*\n)*/m, '$1…\n')
}

async function hungUp(call: PlainCall): Promise<unknown> {
  call.ami.action({ Action: 'Hangup', Channel: call.channel })
  return [await call.over(), await call.status()]
}

async function redirected(call: PlainCall): Promise<unknown> {
  const place = { Context: 'default', Exten: 'wait', Priority: '1' }
  call.ami.action({ Action: 'Redirect', Channel: call.channel, ...place })
  const told = await call.until((text) => text.includes('HANGUP\n'))
  const after = await call.ask('CHANNEL STATUS')
  call.end()
  const rest = [await call.over(), await call.status()]
  const next = await call.hears('Newexten', `Uniqueid: ${call.uniqueid}`)
  return [told, after, ...rest, /Exten: .*/.exec(next)?.[0]]
}

/** Where the dialplan goes on, or that it does not. */
async function goesOn(call: PlainCall, rows: readonly string[]): Promise<unknown> {
  const answers: string[] = []
  for (const row of rows) answers.push(await call.ask(row))
  call.end()
  const status = await call.status()
  if (status === 'HANGUP') return [answers, status]
  const next = await call.hears('Newexten', `Uniqueid: ${call.uniqueid}`)
  const places = ['Context', 'Exten', 'Priority', 'Application'].map(
    (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(next)?.[1],
  )
  return [answers, status, places]
}

// nothing tells of the hangup but that commands are refused
async function quietly(call: PlainCall): Promise<unknown> {
  call.ami.action({ Action: 'Hangup', Channel: call.channel })
  let answer = await call.ask('CHANNEL STATUS')
  while (answer.startsWith('200')) answer = await call.ask('CHANNEL STATUS')
  call.end()
  return [answer, await call.over(), await call.status()]
}

async function startSimulator(real: OurAsterisk): Promise<Target> {
  // the sounds that are played, each as long as the Asterisk says
  const sounds: Record<string, number> = {}
  await using call = await PlainCall.open(real)
  for (const name of ['beep', 'auth-thankyou', 'auth-incorrect']) {
    const answer = await call.ask(`STREAM FILE ${name} "" 1000000000`)
    sounds[name] = Number(/endpos=(\d+)/.exec(answer)?.[1]) / 8
  }
  const { version, username, secret, accounts } = real
  const server = await startServer({
    asterisk: version as AsteriskVersion,
    users: { [username]: secret },
    dialplan: DIALPLAN,
    systemName: `lab${version}`,
    sounds,
  })
  after(() => server.close())
  const { port } = server
  return { name: 'simulator', version, real: false, full: true, host: '127.0.0.1', port, username, secret, accounts }
}
