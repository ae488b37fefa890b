// An account with the rights that the guide "Voice menus" names can do what it says of each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, connect } from 'amiable'
import { type AgiSession, attachAgi } from 'amiable/agi'
import { nextEvent, optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'

/** The rights for AsyncAGI on one server. */
export function rights(target: Target): void {
  test(`${target.name}: the rights of the guide are enough for AsyncAGI`, { timeout: 30_000 }, async () => {
    await using watcher = await connect(optionsFor(target))
    let next: (call: AgiSession) => void = () => {}
    const handler = (call: AgiSession) => {
      next(call)
      return new Promise((resolve) => call.signal.addEventListener('abort', resolve))
    }
    const nextCall = () =>
      new Promise<AgiSession>((resolve) => {
        next = resolve
      })
    const dial = (Exten = 'agicall') =>
      watcher.sendRaw(
        'Originate',
        { Channel: 'Local/wait@default/n', Context: 'default', Exten, Priority: 1, Async: true },
        { variables: { AGIDATA: 'agi:async,bank' } },
      )
    const bank = () => connect(optionsFor(target, { account: 'bank' }))
    const attach = (client: Client) => attachAgi(client, handler, { instance: 'bank-1' })
    const gone = (call: AgiSession) => new Promise((resolve) => call.signal.addEventListener('abort', resolve))

    const first = await bank()
    const before = attach(first)
    let began = nextCall()
    await dial()
    const kept = await began
    assert.equal(await kept.getVariable('AMIABLE_AGI'), 'bank-1')

    // `call`: a sound ends whose command is aborted
    const abort = new AbortController()
    const playing = nextEvent(watcher, 'AGIExecStart', (event) => /^STREAM/.test(event.get('Command') ?? ''))
    const ended = nextEvent(watcher, 'AGIExecEnd', (event) => /^STREAM/.test(event.get('Command') ?? ''))
    const sound = kept.streamFile('demo-instruct', { signal: abort.signal }).catch((error: unknown) => error)
    await playing
    abort.abort(new Error('mine'))
    assert.equal(((await sound) as Error).message, 'mine')
    await ended

    // `reporting`: a program that is started again finds its calls
    first.destroy()
    await before.close({ timeout: 0 })
    began = nextCall()
    await using second = await bank()
    await using after = attach(second)
    const found = await began
    assert.equal(found.request.uniqueid, kept.request.uniqueid)
    assert.equal(after.stats().adopted, 1)

    // `call` and `dialplan` to read: why a call is gone
    const hungUp = gone(found)
    await watcher.sendRaw('Hangup', { Channel: found.request.channel })
    await hungUp
    assert.equal((found.signal.reason as { by?: string }).by, 'hangup')
    began = nextCall()
    await dial()
    const sent = await began
    const elsewhere = gone(sent)
    await watcher.sendRaw('Redirect', { Channel: sent.request.channel, Context: 'default', Exten: 'wait', Priority: 1 })
    await elsewhere
    assert.equal((sent.signal.reason as { by?: string }).by, 'redirect')
    await watcher.sendRaw('Hangup', { Channel: sent.request.channel })
    began = nextCall()
    await dial()
    const failing = await began
    await assert.rejects(failing.streamFile('no/such'), { code: 'AGI_COMMAND', ended: true })
    assert.equal(after.stats().failed, 0)
  })
}
