// FastAGI and a caller who goes: what variables of the channel make of it, and what still works.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgiSession, attachAgi, listenAgi } from 'amiable/agi'
import { nextEvent, withClient } from '../support/client.ts'
import type { Target } from '../targets.ts'
import { fastAgi, hasComeTo, onStage, type Stage, type StageOptions } from './stage.ts'

/** Hangups on one server. */
export function fastHangups(target: Target): void {
  const it = (title: string, body: () => Promise<unknown>) =>
    test(`${target.name}: ${title}`, { timeout: 30_000 }, async () => void (await body()))
  const stage = async <T>(body: (call: AgiSession, stage: Stage) => Promise<T>, options?: StageOptions) => {
    const { error, agiStatus } = await onStage(target, fastAgi, body, options)
    if (error !== undefined) throw error
    return agiStatus
  }
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error) => error.code as string,
    )

  it('after a Dial that the caller left, DIALSTATUS can be read', () =>
    stage(async (call, { ami, hangUp }) => {
      await call.answer()
      // the Originate's own may be told late
      const ringing = nextEvent(ami, 'DialBegin', (event) => event.get('Channel') === call.request.channel)
      const dialling = codeOf(call.exec('Dial', ['Local/noanswer@default/n', 30]))
      await ringing
      await hangUp()
      assert.equal(await dialling, 'AGI_HANGUP')
      assert.deepEqual([call.state, await call.getVariable('DIALSTATUS')], ['dead', 'CANCEL'])
      assert.equal(await call.exec('NoOp', 'still works'), 0)
      await call.databasePut('amiable-dead', 'key', 'x')
      assert.equal(await call.databaseDeltree('amiable-dead'), true)
    }))

  it('without the word HANGUP (AGISIGHUP=no) a -1 tells', () =>
    stage(
      async (call, { ami, hangUp }) => {
        await call.answer()
        const waiting = codeOf(call.waitForDigit(-1))
        await nextEvent(ami, 'AGIExecStart', (event) => /^WAIT/.test(event.get('Command') ?? ''))
        await hangUp()
        assert.equal(await waiting, 'AGI_HANGUP')
        assert.deepEqual([call.state, call.signal.aborted], ['dead', true])
        assert.equal(await call.getVariable('LABGLOBAL'), 'global value')
      },
      { variables: { AGISIGHUP: 'no' } },
    ))

  it('where Asterisk closes at once (AGIEXITONHANGUP=yes) the session ends', () =>
    stage(
      async (call, { ami, hangUp }) => {
        await call.answer()
        const waiting = codeOf(call.waitForDigit(-1))
        await nextEvent(ami, 'AGIExecStart', (event) => /^WAIT/.test(event.get('Command') ?? ''))
        const gone = new Promise((resolve) => call.signal.addEventListener('abort', resolve))
        await hangUp()
        assert.equal(await waiting, 'AGI_HANGUP')
        await gone
        await call.end()
        assert.equal(call.state, 'ended')
      },
      { variables: { AGIEXITONHANGUP: 'yes' } },
    ))

  it('a handler that keeps a call which was sent elsewhere loses it after its grace, and the call goes on', () =>
    withClient(target, async (ami) => {
      let own = ''
      await using server = await listenAgi(
        (call) => {
          own = call.request.channel
          // for ever: it does not even look at the signal
          return new Promise(() => {})
        },
        { port: 0, hangupGrace: 200 },
      )
      const begun = nextEvent(ami, 'Newexten', (event) => event.get('Application') === 'AGI')
      const where = { Context: 'default', Exten: 'agicall', Priority: 1 }
      const variables = { AGIDATA: `agi://127.0.0.1:${server.port}/x` }
      await ami.sendRaw('Originate', { Channel: 'Local/wait@default/n', ...where, Async: true }, { variables })
      const Channel = (await begun).get('Channel') ?? ''
      while (server.sessions().length === 0) await ami.send('Ping')
      const there = nextEvent(ami, 'Newexten', (event) => hasComeTo('echo', Channel, event))
      await ami.sendRaw('Redirect', { Channel, Context: 'default', Exten: 'echo', Priority: 1 })
      await there
      assert.deepEqual([own, server.stats().failed], [Channel, 1])
      await ami.sendRaw('Hangup', { Channel })
      await server.close({ timeout: 0 })
    }))

  // the simulator hands no call over that has hung up
  if (!target.real) return
  it('a call that is dead from the beginning can be asked what needs no channel; AsyncAGI leaves it alone', () =>
    withClient(target, async (ami) => {
      const told: unknown[] = []
      await using server = await listenAgi(
        async (call) => {
          told.push(
            call.request.exten,
            await call.getVariable('LABGLOBAL'),
            await codeOf(call.streamFile('beep')),
            call.state,
          )
        },
        { port: 0 },
      )
      const attachment = attachAgi(ami, () => assert.fail('a session'))
      for (const AGIDATA of [`agi://127.0.0.1:${server.port}/x`, 'agi:async,x']) {
        const done = nextEvent(ami, 'VarSet', (event) => event.get('Variable') === 'AGISTATUS')
        const where = { Context: 'agih', Exten: 's', Priority: 1 }
        await ami.sendRaw(
          'Originate',
          { Channel: 'Local/wait@default/n', ...where, Async: true },
          { variables: { AGIDATA } },
        )
        await done
      }
      assert.deepEqual(told, ['h', 'global value', 'AGI_HANGUP', 'dead'])
      await attachment.close({ timeout: 0 })
      assert.deepEqual([attachment.stats().total, attachment.stats().sessions], [0, 0])
      await ami.send('Ping')
    }))
}
