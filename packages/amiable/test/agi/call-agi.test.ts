// One handler, called by a fake caller over both transports.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgiHandler, attachAgi, listenAgi, router } from '../../src/agi/index.ts'
import { connect } from '../../src/index.ts'
import { type AgiCaller, callAgi, startServer } from '../../src/testing/index.ts'

const account: AgiHandler = async (call) => {
  await call.answer()
  const { digits } = await call.getData('enter-account', { timeout: 5_000, maxDigits: 6 })
  await call.setVariable('BALANCE', `${call.request.query.get('lang')} ${call.request.args[0]} ${digits}`)
  await call.sayNumber(7)
}

const sounds = { 'enter-account': 50, 'digits/7': 50 }
const script = { script: 'ivr/main?lang=en', args: ['first'], caller: '100' }

/** Each transport with a way to be called. */
const transports: Record<string, (handler: AgiHandler, play: (call: AgiCaller) => Promise<void>) => Promise<void>> = {
  fast: async (handler, play) => {
    await using server = await listenAgi(handler, { port: 0 })
    await using call = await callAgi({ port: server.port, sounds, ...script })
    await play(call)
  },
  async: async (handler, play) => {
    await using server = await startServer({ sounds })
    await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
    await using _ = attachAgi(ami, handler)
    await using call = await callAgi({ server, ...script })
    await play(call)
  },
}

for (const [name, over] of Object.entries(transports)) {
  test(`${name}: a caller hears the prompt, presses keys, and the dialplan gets the call back`, () =>
    over(router({ 'ivr/main': account }), async (call) => {
      await call.heard('enter-account')
      await call.press('1234#', { gap: 0 })
      assert.equal(await call.heard(), 'digits/7')
      const { agiStatus, hungUp, next } = await call.ended
      assert.deepEqual([agiStatus, hungUp, next?.priority], ['SUCCESS', false, 2])
      assert.equal(call.variables.get('BALANCE'), 'en first 1234')
      const own = call.commands.filter((command) => !/^NOOP|AMIABLE_AGI|^GET FULL|ASYNCAGI/.test(command))
      assert.deepEqual(own, [
        'ANSWER',
        'GET DATA enter-account 5000 6',
        'SET VARIABLE BALANCE "en first 1234"',
        'SAY NUMBER 7 ""',
      ])
    }))

  test(`${name}: a caller who hangs up in a prompt ends the handler, and nobody is blamed`, () =>
    over(router({ 'ivr/main': account }), async (call) => {
      await call.heard('enter-account')
      call.hangup()
      const { agiStatus, hungUp } = await call.ended
      assert.deepEqual([agiStatus, hungUp], ['HANGUP', true])
      assert.equal(call.variables.get('BALANCE'), undefined)
    }))

  test(`${name}: a caller who hangs up behind an answer ends the handler too`, () => {
    const codes: unknown[] = []
    const handler: AgiHandler = async (call) => {
      await call.answer()
      await call.streamFile('enter-account').catch((error) => {
        codes.push(error.code)
        throw error
      })
    }
    return over(handler, async (call) => {
      call.faults.hangupBehind('ANSWER')
      await call.ended
      while (codes.length === 0) await new Promise((resolve) => setImmediate(resolve))
      assert.deepEqual(codes, ['AGI_HANGUP'])
    })
  })
}

test('fast: answers in two segments are the same answers', () =>
  (transports.fast as (typeof transports)[string])(router({ 'ivr/main': account }), async (call) => {
    call.faults.splitAt(5)
    await call.heard('enter-account')
    await call.press('12#', { gap: 0 })
    await call.ended
    assert.equal(call.variables.get('BALANCE'), 'en first 12')
  }))

test('calls are taken and given back where commands fill all the room that the client has', async () => {
  await using server = await startServer()
  const login = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
  await using ami = await connect({ ...login, maxInFlight: 2 })
  await using _ = attachAgi(ami, (call) => {
    for (let n = 0; n < 5; n++) call.noop().catch(() => {})
  })
  const calls = await Promise.all(Array.from({ length: 10 }, () => callAgi({ server, ...script })))
  const ends = await Promise.all(calls.map(({ ended }) => ended))
  assert.ok(ends.every(({ hungUp }) => !hungUp))
})
