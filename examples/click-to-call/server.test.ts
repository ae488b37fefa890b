// How to test a program that talks to Asterisk: with a simulated one in the same process, and its clock in your hands.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type Client, connect } from 'amiable'
import { expectEvents, ManualClock, type SimulatedAsterisk, startServer } from 'amiable/testing'

// plain JavaScript, for people to copy: its types stand here
const { createApp } = (await import(new URL('./server.mjs', import.meta.url).href)) as {
  createApp(ami: Client, options: { token: string; origin?: string }): Server
}
const token = 'a token of the tests'
const dialplan = '[default]\nexten => 200,1,Answer()\n same => n,Wait(60)'
const endpoints = {
  100: { answers: 'answer', ringTime: 2_000 },
  101: { answers: 'busy' },
  102: { answers: 'noanswer' },
} as const

interface Stage {
  readonly pbx: SimulatedAsterisk
  readonly ami: Client
  readonly clock: ManualClock
  readonly url: string
  call(from: unknown, to: unknown, headers?: Record<string, string>): Promise<Answer>
  look(id: string): Promise<Answer>
}

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

async function stage(t: TestContext): Promise<Stage> {
  const clock = new ManualClock()
  const pbx = await startServer({ clock, dialplan, endpoints })
  const ami = await connect({ host: '127.0.0.1', port: pbx.port, username: 'frank', secret: 'lean', clock })
  const app = createApp(ami, { token }).listen(0, '127.0.0.1')
  await once(app, 'listening')
  t.after(async () => {
    app.closeAllConnections()
    app.close()
    ami.destroy()
    await pbx.close()
  })
  const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  const authorization = `Bearer ${token}`
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${url}/calls${path}`, { ...init, headers: { authorization, ...init.headers } })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const call: Stage['call'] = (from, to, headers = {}) =>
    ask('', { method: 'POST', body: JSON.stringify({ from, to }), headers })
  return { pbx, ami, clock, url, call, look: (id) => ask(`/${id}`) }
}

test('a call that is answered is told, and what becomes of it later', async (t) => {
  const { pbx, ami, clock, call, look } = await stage(t)
  const asked = call('100', '200')
  const action = await pbx.waitFor('Originate', { Channel: 'PJSIP/100', Exten: '200' })
  await clock.advance(2_000)
  const { status, body } = await asked
  assert.equal(status, 201)
  assert.equal(body.outcome, 'answered')
  assert.equal(body.id, action.get('ChannelId'))
  assert.equal((await look(String(body.id))).body.state, 'talking')

  const ended = expectEvents(ami, [{ Event: 'Hangup', Cause: 16 }], { clock })
  pbx.channels.hangup(String(body.id))
  await ended
  const later = (await look(String(body.id))).body
  assert.equal(later.state, 'ended')
  assert.equal(later.cause, 16)
})

test('a busy phone is told at once', async (t) => {
  const { call, clock, pbx } = await stage(t)
  const asked = call('101', '200')
  await pbx.waitFor('Originate')
  await clock.advance(0)
  const { body } = await asked
  assert.deepEqual([body.outcome, body.state], ['busy', 'ended'])
})

test('a phone that nobody answers rings for twenty seconds, which take none', async (t) => {
  const { call, clock, pbx } = await stage(t)
  const asked = call('102', '200')
  await pbx.waitFor('Originate')
  await clock.advance(20_000)
  assert.equal((await asked).body.outcome, 'noAnswer')
})

test('what is no number never reaches the phone system', async (t) => {
  const { call, pbx, look } = await stage(t)
  for (const from of ['', 'anna', '100&PJSIP/101', '100,1', undefined]) {
    assert.equal((await call(from, '200')).status, 400)
  }
  assert.deepEqual(
    pbx.calls.filter(({ name }) => name === 'Originate'),
    [],
  )
  assert.equal((await look('nobody')).status, 404)
})

test('without the token, or from another page, nobody is called', async (t) => {
  const { call, pbx, url } = await stage(t)
  assert.equal((await call('100', '200', { authorization: '' })).status, 401)
  assert.equal((await call('100', '200', { authorization: 'Bearer wrong' })).status, 401)
  assert.equal((await call('100', '200', { origin: 'https://elsewhere.example' })).status, 403)
  assert.deepEqual(
    pbx.calls.filter(({ name }) => name === 'Originate'),
    [],
  )
  const page = await fetch(url)
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
  assert.match(await page.text(), /<button type="submit">Call<\/button>/)
  assert.throws(() => createApp({} as Client, { token: 'short' }), /token must be/)
})

test('a call whose end nobody could hear is not known any more', async (t) => {
  const { pbx, ami, clock, call, look } = await stage(t)
  const asked = call('100', '200')
  await pbx.waitFor('Originate')
  await clock.advance(2_000)
  const { body } = await asked
  const lost = (async () => {
    for await (const { type } of ami.status()) if (type === 'lost') return
  })()
  pbx.disconnect()
  await lost
  assert.equal((await look(String(body.id))).body.state, 'unknown')
})

test('an extension that is not there is a 502, with what the phone system said', async (t) => {
  const { call } = await stage(t)
  const { status, body } = await call('100', '999')
  assert.equal(status, 502)
  assert.match(String(body.error), /Extension does not exist/)
})

test('a link that breaks after the click is a 503', async (t) => {
  const { call, pbx } = await stage(t)
  pbx.faults.reset({ action: 'Originate', times: 1 })
  const { status, body } = await call('100', '200')
  assert.deepEqual([status, body.delivered], [503, 'unknown'])
})
