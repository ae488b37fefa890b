// needs: both
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Client, type ClientOptions, connect, createClient } from 'amiable'
import { expectEvents, startServer } from 'amiable/testing'
import { FROM_SOURCES } from '../../../tools/testbed/child.ts'
import {
  lines,
  type Play,
  type PlayedAction,
  PlayedServer,
  type PlayedSession,
} from '../../../tools/testbed/played-server.ts'
import { optionsFor } from '../../support/client.ts'
import { withAsterisk } from '../../targets.ts'

// how long the loop stands still, and what a deadline allows meanwhile
const JOB = 400
const SHORT = 150

/** Holds the event loop, as a program's own work does. */
function work(ms = JOB): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

async function played(
  { play, ...options }: Partial<ClientOptions> & { play?: Play },
  run: (ami: Client, server: PlayedServer) => Promise<void>,
): Promise<void> {
  await using server = await PlayedServer.start(play)
  const account = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean', reconnect: false } as const
  await using ami = await connect({ ...account, ...options })
  await run(ami, server)
}

const success = ({ id }: PlayedAction, ...more: string[]) => lines('Response: Success', `ActionID: ${id}`, ...more)

/** The answer to an action lies in the client's socket, and only then the loop stands still for longer than it may take. */
function answersThenWorks(name: string, answer: (action: PlayedAction) => string): Play {
  return (action, session) => {
    if (action.name !== name) return undefined
    session.say(answer(action))
    work()
    return ''
  }
}

describe('an answer that lies in the socket while the loop is blocked', () => {
  test('is the answer of a call', () =>
    played({ play: answersThenWorks('Work', (action) => success(action, 'Message: Done')) }, async (ami) => {
      assert.equal((await ami.sendRaw('Work', undefined, { timeout: SHORT })).message, 'Done')
    }))

  test('is the answer of a call whose bytes left only after the block', () =>
    played({}, async (ami) => {
      const call = ami.sendRaw('Work', undefined, { timeout: SHORT })
      work()
      assert.equal((await call).message, 'Done')
    }))

  test('is the answer of each of two hundred calls', () =>
    played({ maxInFlight: 200 }, async (ami) => {
      const calls = Array.from({ length: 200 }, () => ami.sendRaw('Work', undefined, { timeout: SHORT }))
      await new Promise(setImmediate)
      work()
      assert.equal((await Promise.all(calls)).length, 200)
    }))

  test('is all of a list, however long', () => {
    const rows = 30_000
    const list = (action: PlayedAction) =>
      success(action, 'EventList: start') +
      lines('Event: CoreShowChannel', `ActionID: ${action.id}`, `Channel: ${'x'.repeat(100)}`).repeat(rows) +
      lines('Event: CoreShowChannelsComplete', `ActionID: ${action.id}`, 'EventList: Complete', `ListItems: ${rows}`)
    return played({ play: answersThenWorks('CoreShowChannels', list) }, async (ami) => {
      assert.equal((await ami.send('CoreShowChannels', {}, { timeout: SHORT })).events.length, rows)
    })
  })

  test('is the outcome of an originate', () => {
    const play: Play = (action, session) => {
      if (action.name !== 'Originate') return undefined
      const outcome = lines(
        'Event: OriginateResponse',
        'Privilege: call,all',
        `ActionID: ${action.id}`,
        'Response: Success',
        'Channel: PJSIP/1-1',
        'Reason: 4',
        `Uniqueid: ${action.get('ChannelId')}`,
      )
      session.say(success(action, 'Message: Originate successfully queued') + outcome)
      work()
      return ''
    }
    return played({ play }, async (ami) => {
      const params = { Channel: 'PJSIP/1', Application: 'Echo' }
      assert.equal((await ami.originate(params, { timeout: SHORT })).outcome, 'answered')
    })
  })

  test('is the answer of the login, and the banner is the banner', async () => {
    for (const name of ['Challenge', 'Login']) {
      const answer = (action: PlayedAction) => success(action, 'Challenge: 123456789')
      await played({ play: answersThenWorks(name, answer), loginTimeout: SHORT }, async (ami) => {
        assert.equal(ami.state, 'ready')
      })
    }
  })

  test('is the connection', async () => {
    await using server = await PlayedServer.start()
    const options = {
      host: '127.0.0.1',
      port: server.port,
      username: 'frank',
      secret: 'lean',
      reconnect: false,
    } as const
    await using ami = createClient({ ...options, connectTimeout: SHORT, loginTimeout: SHORT })
    const connected = ami.connect()
    work()
    await connected
    assert.equal(ami.state, 'ready')
  })

  test('is in time for close()', () =>
    played({ play: answersThenWorks('Work', (action) => success(action, 'Message: Done')) }, async (ami) => {
      const call = ami.sendRaw('Work')
      await ami.close({ timeout: SHORT })
      assert.equal((await call).message, 'Done')
    }))

  test('is the event that a test expects', async () => {
    await using server = await startServer({ users: { frank: 'lean' } })
    await using ami = await connect({ host: server.host, port: server.port, username: 'frank', secret: 'lean' })
    const expected = expectEvents(ami, ['Hangup'], { within: SHORT })
    server.emit('Hangup', { Channel: 'PJSIP/1' })
    await new Promise(setImmediate)
    work()
    assert.equal((await expected).length, 1)
  })

  test('is the action that a test waits for', async () => {
    await using server = await startServer({ users: { frank: 'lean' } })
    await using ami = await connect({ host: server.host, port: server.port, username: 'frank', secret: 'lean' })
    const came = server.waitFor('Ping', undefined, { timeout: SHORT })
    const call = ami.send('Ping')
    await new Promise(setImmediate)
    work()
    assert.equal((await came).name, 'Ping')
    await call
  })
})

test('what was not answered is AMI_TIMEOUT all the same, soon after the block', () =>
  played({ play: ({ name }) => (name === 'Work' ? '' : undefined) }, async (ami) => {
    const started = performance.now()
    const call = ami.sendRaw('Work', undefined, { timeout: SHORT })
    const failed = assert.rejects(call, { code: 'AMI_TIMEOUT' })
    work()
    await failed
    const took = performance.now() - started
    assert.ok(took < JOB + (JOB - SHORT) + 5_000, `${took} ms`)
  }))

describe('a job of 250 ms every 301 ms', () => {
  const keepalive = { interval: 300, timeout: 200 }

  async function jobs(run: () => Promise<void>, ms = 250): Promise<void> {
    const job = setInterval(() => work(ms), ms + 51)
    try {
      await run()
    } finally {
      clearInterval(job)
    }
  }

  test('ends no healthy link', () =>
    played({ keepalive }, (ami, server) =>
      jobs(async () => {
        const pings = () => server.session.heard.filter((name) => name === 'Ping').length
        for (const end = performance.now() + 3_000; performance.now() < end || pings() < 3; await wait(20)) {
          assert.equal(ami.state, 'ready')
        }
      }),
    ))

  test('hides no dead one', () =>
    played({ keepalive, play: ({ name }) => (name === 'Ping' ? '' : undefined) }, (ami) =>
      jobs(async () => {
        const started = performance.now()
        await ami.closed
        const took = performance.now() - started
        assert.ok(took < 10_000, `${took} ms`)
      }),
    ))

  for (const version of [22, 16] as const) {
    withAsterisk(version, (target) => {
      test(`four times as long, ends no healthy link to ${target.name}, which may be busy itself`, async () => {
        await using ami = await connect(optionsFor(target, { keepalive: { interval: 800, timeout: 800 } }))
        await jobs(async () => {
          await wait(4_000)
          assert.equal(ami.state, 'ready')
          assert.equal((await ami.send('Ping', undefined, { timeout: 800 })).Ping, 'Pong')
        }, 1_000)
      })
    })
  }
})

describe('a process that was stopped for longer than a deadline allows', () => {
  const program = fileURLToPath(new URL('./children/hurried.ts', import.meta.url))

  /** Runs the program; `stopped` is called where it has been stopped, at the first action of this name. */
  async function stoppedAt(what: string, name: string, play: Play, enough?: (session: PlayedSession) => void) {
    let stopped: Promise<void> | undefined
    await using server = await PlayedServer.start((action, session) => {
      if (action.name !== name || stopped !== undefined) return play(action, session)
      stopped = (async () => {
        child.kill('SIGSTOP')
        while (!/^\d+ \(.*\) T/.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))) await wait(5)
        // the answer comes while the process stands still
        session.say(play(action, session) ?? success(action, 'Message: Done', 'Challenge: 123456789'))
        await wait(2_000)
        child.kill('SIGCONT')
        enough?.(session)
      })()
      return ''
    })
    const child = spawn(process.execPath, [...FROM_SOURCES, program, what, String(server.port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 60_000,
      killSignal: 'SIGKILL',
    })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    await once(child, 'close')
    await stopped
    return { said: JSON.parse(said) as unknown, server: server.sessions.length }
  }

  test('has its answer', async () => {
    assert.equal((await stoppedAt('call', 'Work', () => undefined)).said, 'Done')
  })

  test('logs in', async () => {
    assert.equal((await stoppedAt('login', 'Login', () => undefined)).said, 'ready')
  })

  test('keeps its link', async () => {
    const enough = async (session: PlayedSession) => {
      const before = session.heard.length
      while (session.heard.length < before + 3) await wait(20)
      session.say(lines('Event: UserEvent', 'Privilege: user,all', 'UserEvent: enough'))
    }
    const { said, server } = await stoppedAt('keepalive', 'Ping', () => undefined, enough)
    assert.deepEqual([said, server], ['alive', 1])
  })
})

describe('a duration that no timer can hold', () => {
  for (const [name, params] of [
    ['Originate', { Channel: 'PJSIP/1', Timeout: 2 ** 31 }],
    ['Originate', { Channel: 'PJSIP/1', Timeout: '1e400' }],
    ['Originate', { Channel: 'PJSIP/1', Timeout: '9'.repeat(400) }],
    ['WaitEvent', { Timeout: 2 ** 31 }],
    ['WaitEvent', { Timeout: '1e400' }],
    ['PlayDTMF', { Channel: 'PJSIP/1', Digit: '1', Duration: '1e400' }],
  ] as const) {
    test(`${name} ${JSON.stringify(params).slice(0, 60)}: no timer fires at once, and nothing spins`, async () => {
      const warnings: string[] = []
      const warn = (warning: Error) => warnings.push(warning.name)
      process.on('warning', warn)
      const play: Play = (action) => (action.name === name || action.name === 'Ping' ? '' : undefined)
      await played({ play, keepalive: { interval: 50, timeout: 50 } }, async (ami) => {
        const call = ami.sendRaw(name, params).catch((error: { code: string }) => error.code)
        const before = process.cpuUsage()
        await wait(400)
        const { user, system } = process.cpuUsage(before)
        assert.ok(user + system < 300_000, `${user + system} µs of work in 400 ms`)
        ami.destroy()
        assert.equal(await call, 'AMI_LOST')
      })
      process.off('warning', warn)
      assert.deepEqual(warnings, [])
    })
  }
})
