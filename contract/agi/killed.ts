// Asterisk is killed, or our process is: what each side then knows of a session.
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { AmiError, type Client, connect, createClient } from 'amiable'
import { type AgiSession, attachAgi, listenAgi } from 'amiable/agi'
import { FROM_SOURCES } from '../../tools/testbed/child.ts'
import { nextEvent, optionsFor } from '../support/client.ts'
import type { OurAsterisk } from '../targets.ts'

const IVR = fileURLToPath(new URL('./children/ivr.ts', import.meta.url))

interface Said {
  readonly port?: number
  readonly transport?: string
  readonly uniqueid?: string
  readonly complete?: boolean
}

/** Sessions and kills on one server. */
export function killed(target: OurAsterisk): void {
  const it = (title: string, body: () => Promise<unknown>) =>
    test(`${target.name}: ${title}`, { timeout: 60_000 }, async () => void (await body()))
  const dial = (ami: Client, AGIDATA: string) =>
    ami.sendRaw(
      'Originate',
      { Channel: 'Local/wait@default/n', Context: 'default', Exten: 'agicall', Priority: 1, Async: true },
      { variables: { AGIDATA } },
    )
  const start = async (instance: string): Promise<[ChildProcess, Said]> => {
    const { host, port, username, secret } = target
    const child = fork(IVR, [JSON.stringify({ host, port, username, secret, instance })], {
      execArgv: [...FROM_SOURCES],
    })
    const [said] = await once(child, 'message')
    return [child, said as Said]
  }
  const kill = async (child: ChildProcess) => {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  /** Kills the program that has a call on this path once `command` runs on it, and starts it again. */
  const restarted = async (ami: Client, instance: string, path: string, command: RegExp) => {
    const [first] = await start(instance)
    const taken = once(first, 'message')
    const running = nextEvent(ami, 'AGIExecStart', (event) => command.test(event.get('Command') ?? ''))
    await dial(ami, `agi:async,${path}`)
    const [before] = (await taken) as [Said]
    await running
    await kill(first)
    const [second] = await start(instance)
    // Asterisk still carries the command out: whoever has the call next waits for its end
    const again = once(second, 'message')
    const over = nextEvent(ami, 'UserEvent', (event) => event.get('UserEvent') === 'AgiDone')
    await ami.sendRaw('ControlPlayback', { Channel: before.uniqueid ?? '', Control: 'stop' })
    const [after] = (await again) as [Said]
    assert.deepEqual([after.transport, after.uniqueid, after.complete], ['async', before.uniqueid, false])
    // its handler returns at once, and with that the call goes on and ends
    assert.equal((await over).get('Status'), 'SUCCESS')
    await kill(second)
  }

  it('a program that is killed and started again has its calls back, over AMI', async () => {
    await using ami = await connect(optionsFor(target))
    await restarted(ami, 'killed-1', 'ivr', /^WAIT/)
  })

  it('so it has those in an application or a routine, when that has ended', async () => {
    await using ami = await connect(optionsFor(target))
    const playing = { Application: 'Playback', ApplicationData: 'demo-instruct' }
    const returning = { Application: 'Return', Priority: 2 }
    for (const step of [{ Priority: 1, ...playing }, returning]) {
      await ami.sendRaw('DialplanExtensionAdd', { Context: 'agikilled', Extension: 'play', Replace: 'yes', ...step })
    }
    await restarted(ami, 'killed-3', 'exec', /^EXEC/)
    await restarted(ami, 'killed-3', 'gosub', /^GOSUB/)
  })

  it('of a program that is killed over FastAGI Asterisk says SUCCESS, and the call goes on', async () => {
    await using ami = await connect(optionsFor(target))
    const [child, { port }] = await start('killed-2')
    const taken = once(child, 'message')
    await dial(ami, `agi://127.0.0.1:${port}/ivr`)
    await taken
    const done = nextEvent(ami, 'UserEvent', (event) => event.get('UserEvent') === 'AgiDone')
    await kill(child)
    assert.equal((await done).get('Status'), 'SUCCESS')
  })

  it('sessions of an Asterisk that is killed end, and new ones begin when it is back', async () => {
    const ami = createClient({ ...optionsFor(target), reconnect: () => 200 })
    await ami.connect()
    const calls = new Map<string, AgiSession>()
    let came: (transport: string) => void = () => {}
    const handler = (call: AgiSession) => {
      calls.set(call.transport, call)
      came(call.transport)
      return new Promise((resolve) => call.signal.addEventListener('abort', resolve))
    }
    await using attachment = attachAgi(ami, handler)
    await using server = await listenAgi(handler, { port: 0 })
    const both = async () => {
      calls.clear()
      const all = new Promise<void>((resolve) => {
        came = () => calls.size === 2 && resolve()
      })
      await dial(ami, 'agi:async,x')
      await dial(ami, `agi://127.0.0.1:${server.port}/x`)
      await all
      return ['async', 'fast'].map((name) => calls.get(name) as AgiSession)
    }
    try {
      const before = await both()
      const begun = before.map(({ request: { uniqueid } }) =>
        nextEvent(ami, 'AGIExecStart', (event) => event.get('Uniqueid') === uniqueid),
      )
      const running = before.map((call) => call.waitForDigit(-1).catch((error) => error))
      const waiting = before.map((call) => call.getVariable('A').catch((error) => error))
      await Promise.all(begun)
      await target.server.kill()
      const [overAmi, fast] = await Promise.all(running)
      assert.deepEqual([overAmi.code, overAmi.delivered], ['AMI_LOST', 'unknown'])
      assert.deepEqual([fast.code, fast.by], ['AGI_HANGUP', 'unknown'])
      await target.server.start()
      for (const error of await Promise.all(waiting))
        assert.ok(AmiError.is(error) && error.code === 'AGI_HANGUP', String(error))
      for (const call of before) assert.deepEqual([call.state, call.signal.aborted], ['ended', true])
      await ami.connect()
      const after = await both()
      assert.deepEqual(await Promise.all(after.map((call) => call.getVariable('LABGLOBAL'))), [
        'global value',
        'global value',
      ])
      assert.deepEqual([attachment.stats().failed, server.stats().failed], [0, 0])
      await Promise.all(after.map((call) => call.end()))
    } finally {
      await target.server.start()
      await ami.close({ timeout: 0 })
    }
  })
}
