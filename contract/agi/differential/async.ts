// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of a dialplan
// AsyncAGI on an Asterisk and on the simulator of its version: environments, results, limits, and what is told in which
// order, compared.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { type AsteriskVersion, startServer } from 'amiable/testing'
import { SOUNDS } from '../../sounds.ts'
import type { OurAsterisk, Target } from '../../targets.ts'
import { AsyncCall, decoded } from './async-call.ts'

const DIALPLAN = readFileSync(new URL('../../../tools/servers/asterisk/etc/extensions.conf', import.meta.url), 'utf8')

/** All comparisons, with the Asterisk of one version. */
export function asyncDifferential(real: OurAsterisk): void {
  const simulator = startSimulator(real)

  const both = (name: string, play: (call: AsyncCall) => Promise<unknown>, args = '') =>
    test(`${real.name}: AsyncAGI: ${name}`, async () => {
      const on = async (target: Target) => {
        await using call = await AsyncCall.open(target, args)
        return await play(call)
      }
      const [theirs, ours] = await Promise.all([on(real), on(await simulator)])
      assert.deepEqual(ours, theirs)
    })

  const environment = async (call: AsyncCall) => masked(call, decoded(call.environment)).split('\n')
  both('the environment', environment, ',first,"second, arg",(a,b),')
  both('results, codes and words', async (call) => {
    const told: string[][] = []
    const lines = [
      'ANSWER',
      'NOOP',
      'GET VARIABLE EXTEN',
      'GET VARIABLE NOSUCH',
      'SET VARIABLE A "b c"',
      'GET VARIABLE A',
    ]
    const more = [
      'nosuch',
      'EXEC NoOp x',
      'EXEC NoSuchApplication',
      'GET DATA nosuch',
      'RECEIVE TEXT 20',
      'HANGUP nosuch',
    ]
    for (const line of [...lines, ...more]) {
      await call.send(line, 'mine')
      told.push(await call.story('AsyncAGIExec'))
    }
    await call.send('CHANNEL STATUS')
    return [...told, await call.story('AsyncAGIExec')]
  })
  both('a 520 in one result', async (call) =>
    (await call.ask('GET VARIABLE')).replace(/(520-.*\n)(?:.*\n)*(520 End.*)/, '$1…$2'),
  )

  both(
    'an environment that is cut goes on in the results',
    async (call) => {
      const answers = [await call.ask('NOOP'), await call.ask('GET VARIABLE EXTEN'), await call.ask('NOOP')]
      const whole = masked(call, decoded(call.environment) + answers.join(''))
      // the two begin with what has another length on each, so that they are cut elsewhere
      return [decoded(call.environment).length, answers.map((answer) => answer.length > 200), whole]
    },
    `,${'y'.repeat(450)},${'z'.repeat(450)}`,
  )
  both('a result past 1,024 bytes goes on in the next', async (call) => {
    await call.ask(`SET VARIABLE A ${'x'.repeat(900)}`)
    return [await call.ask('GET FULL VARIABLE ${A}${A}'), await call.ask('NOOP'), await call.ask('GET VARIABLE EXTEN')]
  })
  both('a result past 2,047 encoded characters is cut for good', async (call) => {
    await call.ask(`SET VARIABLE A ${'\xc3\xa9'.repeat(400)}`)
    return [await call.ask('GET VARIABLE A'), await call.ask('NOOP')]
  })

  for (const line of [
    'STREAM FILE nosuch ""',
    'CONTROL STREAM FILE nosuch ""',
    'GET OPTION nosuch "" 100',
    'RECORD FILE /tmp/agi-x nosuchformat "" 100',
    'RECEIVE CHAR 20',
    'GOSUB nosuch s 1',
    'ASYNCAGI BREAK',
  ]) {
    both(
      `${line} ends it, and the dialplan goes on`,
      async (call) => {
        await call.send(line, 'last')
        const told = await call.story('Newexten')
        // the queue is still there, and nobody reads it
        return [told, await call.send('NOOP', 'late')]
      },
      'dialplan',
    )
  }
  both('its end by a hangup', async (call) => {
    call.action({ Action: 'Hangup', Channel: call.uniqueid })
    return call.story('Hangup')
  })
  both('its end by a hangup in a command, with others behind it', async (call) => {
    await call.send('WAIT FOR DIGIT -1', 'first')
    await call.story('AGIExecStart')
    await call.send('NOOP', 'never')
    call.action({ Action: 'Hangup', Channel: call.uniqueid })
    return call.story('Hangup')
  })
  both(
    'its end by a redirect',
    async (call) => {
      const place = { Context: 'default', Exten: 'wait', Priority: '1' }
      call.action({ Action: 'Redirect', Channel: call.uniqueid, ...place })
      const told = await call.story('Newexten', 'Application: Wait')
      // on its way Asterisk tells once more of the AGI, at the new place
      return told.filter((event) => !/^Newexten .* (?:AGI|Answer) /.test(event))
    },
    'dialplan',
  )

  both('whom an action names, and what is refused', async (call) => [
    await call.send('NOOP', '', call.channel),
    await call.send('NOOP', '', call.channel.toUpperCase()),
    await call.send('NOOP', '', 'no/such'),
    await call.send('', ''),
    (await call.send('NOOP', '', `${call.uniqueid}-far`)).replace(/Local\S+/, 'CHANNEL'),
  ])
}

function masked(call: AsyncCall, text: string): string {
  return text
    .replaceAll(call.channel, 'CHANNEL')
    .replaceAll(call.uniqueid, 'UNIQUEID')
    .replace(/^(agi_threadid: )\d+$/m, '$1N')
}

async function startSimulator(real: OurAsterisk): Promise<Target> {
  const { version, username, secret, accounts } = real
  const server = await startServer({
    asterisk: version as AsteriskVersion,
    users: { [username]: secret },
    dialplan: DIALPLAN,
    systemName: `lab${version}`,
    sounds: SOUNDS,
  })
  after(() => server.close())
  const { port } = server
  return { name: 'simulator', version, real: false, full: true, host: '127.0.0.1', port, username, secret, accounts }
}
