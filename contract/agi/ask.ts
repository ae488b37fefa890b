// Questions and menus, with a caller who presses keys while Asterisk plays, waits, or is between two commands.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgiSession, ask, menu, type Prompt } from 'amiable/agi'
import { caughtUp, nextEvent } from '../support/client.ts'
import type { Target } from '../targets.ts'
import { onStage, pressing, type Stage, type Transport } from './stage.ts'

/** Questions on one server over one transport. */
export function questions(target: Target, transport: Transport): void {
  const it = (title: string, body: (call: AgiSession, stage: Stage) => Promise<void>) =>
    test(`${target.name}, ${transport.name}: ${title}`, async () => {
      const { error } = await onStage(target, transport, async (call, stage) => {
        await call.answer()
        await body(call, stage)
      })
      if (error !== undefined) throw error
    })
  it('keys that a caller presses in a prompt are the answer, whichever prompt it is', async (call, stage) => {
    // as long as a busy machine may take to press a key
    const how = { max: 2, timeout: 20_000, between: 20_000 }
    const last = await pressing(stage, ['1*'], () => ask(call, 'demo-instruct', how))
    assert.deepEqual(last, { digits: '1*' })
    const every: Prompt[][] = [
      ['demo-instruct', 'beep'],
      [{ digits: '1234567890' }, 'beep'],
      [{ date: new Date(0) }],
      [{ pause: 20_000 }, 'beep'],
    ]
    // the commands are the same over both, so one kind of prompt tells enough of the slower
    for (const prompts of transport.name === 'fast' ? every : every.slice(0, 1)) {
      assert.deepEqual(await pressing(stage, ['1', '*'], () => ask(call, prompts, how)), { digits: '1*' })
    }
    const behind = await pressing(stage, ['5#'], () => ask(call, [], how))
    assert.deepEqual(behind, { digits: '5' })
  })

  it('who says nothing, or something else, is asked again', async (call, stage) => {
    const silent = await ask(call, 'beep', { attempts: 2, timeout: 50, onSilence: 'beep' })
    assert.deepEqual(silent, { digits: undefined, why: 'silence' })
    const seen: string[] = []
    const valid = (digits: string) => seen.push(digits) > 1
    const times = { timeout: 20_000, between: 20_000 }
    const how = { min: 2, max: 2, valid, onInvalid: ['demo-instruct', 'beep'], ...times }
    const answer = await pressing(stage, ['11', '2', '2'], () => ask(call, 'demo-instruct', how))
    assert.deepEqual([answer, seen], [{ digits: '22' }, ['11', '22']])
    const given = await pressing(stage, ['*'], () => ask(call, ['demo-instruct', 'beep'], { cancel: '*' }))
    assert.deepEqual(given, { digits: undefined, why: 'cancelled' })
    const hashes = await pressing(stage, ['1#', '2'], () =>
      ask(call, 'demo-instruct', { terminator: false, max: 3, ...times }),
    )
    assert.deepEqual(hashes, { digits: '1#2' })
  })

  it('a menu runs the choice', async (call, stage) => {
    const choices = { 1: () => 'one', 2: async () => call.channelStatus() }
    assert.equal(await pressing(stage, ['7', '2'], () => menu(call, ['demo-instruct', 'beep'], choices)), 'up')
    assert.equal(await menu(call, 'beep', choices, { attempts: 1, timeout: 50 }), undefined)
  })

  it('a caller who hangs up ends the question', async (call, { ami, hangUp }) => {
    const running = nextEvent(ami, 'AGIExecStart', (event) => /^STREAM FILE/.test(event.get('Command') ?? ''))
    const outcome = ask(call, ['demo-instruct', 'beep']).catch((error: unknown) => error)
    await running
    await hangUp()
    assert.equal(((await outcome) as { code?: string }).code, 'AGI_HANGUP')
  })

  if (transport.name !== 'fast' || !target.real) return
  it('no key is lost of a telephone that dials from its memory, but one that falls between two commands', async (call, {
    ami,
    far,
  }) => {
    // between two commands lies a round trip to us, and we may be a slow machine
    for (const [gap, ...prompts] of [
      [100, 'demo-instruct'],
      [300, 'demo-instruct', 'beep'],
    ] as const) {
      await ami.sendRaw('Setvar', { Channel: far, Variable: 'GAP', Value: String(gap) })
      const keys = '1234'
      await ami.sendRaw('Setvar', { Channel: far, Variable: 'KEYS', Value: keys })
      await caughtUp(ami)
      const heard = { during: '', between: '' }
      let place: keyof typeof heard = 'between'
      // the thread of the channel says all three, so that their order is what it did
      const listener = ami.on(['AGIExecStart', 'AGIExecEnd', 'DTMFEnd'], (event) => {
        if (event.get('Channel') !== call.request.channel) return
        if (event.Event === 'DTMFEnd') heard[place] += event.get('Digit')
        else place = event.Event === 'AGIExecStart' ? 'during' : 'between'
      })
      const running = nextEvent(ami, 'AGIExecStart')
      const answer = ask(call, prompts, { max: 4, between: 2_000, timeout: 20_000 })
      await running
      await ami.sendRaw('Redirect', { Channel: far, Context: 'default', Exten: 'typist', Priority: 1 })
      const { digits } = await answer
      await caughtUp(ami)
      listener.remove()
      assert.equal(digits, heard.during)
      assert.equal(heard.during.length + heard.between.length, keys.length)
      if (prompts.length === 1) assert.equal(digits, keys)
    }
  })
}
