import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { Client } from '../src/client/client.ts'
import { createClient } from '../src/client/connect.ts'
import { settle } from '../src/testing/time/settle.ts'
import { Rig, readyRig, watch } from './support/rig.ts'

const SECRET = 's3cr3t-of-the-account'
const CHALLENGE = '918273645'
const VALUE = 'value-of-a-variable'
const channels = ['connect', 'login', 'send', 'reply', 'event', 'drop', 'lost', 'reconnect'].map(
  (name) => `ami:${name}`,
)

/** Everything that a log could show of a value. */
function shown(value: unknown): string {
  const { stack, message } = (value ?? {}) as Error
  let json = ''
  try {
    json = JSON.stringify(value) ?? ''
  } catch {
    json = 'circular'
  }
  return [
    inspect(value, { depth: 12 }),
    inspect(value, { depth: 6, showHidden: true }),
    json,
    stack,
    message,
    String(value),
  ].join('\n')
}

function hidesAll(value: unknown, what: string): void {
  const text = shown(value)
  for (const hidden of [SECRET, CHALLENGE, VALUE]) {
    assert.ok(!text.includes(hidden), `${what} shows ${hidden}: ${text.slice(0, 500)}`)
  }
}

/** Does everything that can fail, and gives what it failed with. */
async function failures(client: Client, rig: Rig): Promise<unknown[]> {
  const peer = rig.peers.at(-1)!
  const given = { variables: { SECRETIVE: VALUE } }
  const seen: unknown[] = []
  const fails = async (promise: Promise<unknown>) => seen.push(await promise.catch((error: unknown) => error))
  const throws = (act: () => unknown) => {
    try {
      void act()
    } catch (error) {
      seen.push(error)
    }
  }

  throws(() => client.sendRaw('Setvar', { Variable: 'X', Value: `${VALUE}\r\n` }))
  throws(() => client.sendRaw('Setvar', { Value: VALUE.repeat(200) }))
  throws(() => client.sendRaw('Setvar', { Value: ` ${VALUE}` }))
  throws(() => client.sendRaw('Originate', {}, { variables: { X: `${VALUE}\n` } }))
  throws(() => client.sendRaw('Originate', {}, { variables: { 'X=': VALUE } }))
  throws(() => client.sendRaw('Originate', {}, { variables: { X: VALUE.repeat(200) } }))
  throws(() => client.sendRaw('Originate', { Channel: 'x' }, { ...given, actionId: 'a b' }))
  throws(() => createClient({ username: 'frank', secret: `${SECRET}\r\n` }))
  throws(() => createClient({ username: 'frank', secret: SECRET, port: -1 }))

  const refused = client.sendRaw('Originate', { Channel: 'x' }, given)
  peer.reply(await peer.next(), 'Error', 'Message: Invalid channel', `Value: ${VALUE}`)
  await fails(refused)
  // what a server says again of what it was told
  const odd = `${VALUE}, "quoted" \\ ü`
  for (const [action, params, options] of [
    ['Setvar', { Variable: 'X', Value: odd }, {}],
    ['Originate', { Channel: 'x' }, { variables: { X: odd } }],
    ['DBPut', { Family: 'x', Key: 'y', Val: odd }, {}],
    ['Own', { 'X-Token': odd }, {}],
    ['Command', { Command: `no such ${VALUE}` }, {}],
  ] as const) {
    const echoed = client.sendRaw(action, params, options)
    const said = Buffer.from(odd, 'utf8').toString('latin1')
    peer.reply(await peer.next(), 'Error', `Message: cannot take ${said} there`, `Output: No such command '${VALUE}'`)
    await fails(echoed)
    assert.match((seen.at(-1) as Error).message, /: cannot take \*\*\* there|No such command$/)
  }
  const timedOut = client.sendRaw('Getvar', {}, { timeout: 5 })
  const heard = await peer.next()
  peer.say('Event: VarSet', `ActionID: ${heard.id}`, `Value: ${VALUE}`)
  rig.clock.tick(5)
  await fails(timedOut)
  const large = client.sendRaw('Getvar')
  const asked = await peer.next()
  peer.say('Response: Success', `ActionID: ${asked.id}`, `Value: ${VALUE.repeat(500)}`)
  await fails(large)
  peer.send(`Value: ${VALUE}\r\n\r\n`)
  const stream = client.events('VarSet', { capacity: 1 })
  for (let i = 0; i < 3; i++) peer.say('Event: VarSet', 'Variable: X', `Value: ${VALUE}`)
  await settle()
  await stream.next()
  await fails(stream.next())
  const lost = client.sendRaw('Originate', { Channel: 'x' }, given)
  await settle()
  peer.fail('ECONNRESET')
  await fails(lost)
  await fails(client.sendRaw('Originate', { Channel: 'x' }, { ...given, queue: false }))
  const queued = client.sendRaw('Originate', { Channel: 'x' }, given)
  client.destroy()
  await fails(queued)
  return seen
}

for (const auth of ['md5', 'plain'] as const) {
  test(`no error, status, stat or diagnostics payload shows a secret, a challenge or a value (${auth})`, async () => {
    const payloads: unknown[] = []
    const note = (payload: unknown) => payloads.push(payload)
    for (const name of channels) subscribe(name, note)
    await using rig = new Rig({ secret: SECRET, auth, limits: { message: 2_000 } })
    const { client } = rig
    const connected = client.connect()
    const peer = await rig.nextPeer()
    peer.send('Asterisk Call Manager/11.0.0\r\n')
    if (auth === 'md5') peer.reply(await peer.next(), 'Success', `Challenge: ${CHALLENGE}`)
    peer.reply(await peer.next(), 'Success')
    peer.fullyBooted()
    await connected
    const errors = await failures(client, rig)
    for (const name of channels) unsubscribe(name, note)
    await settle()

    assert.equal(errors.length, 21)
    for (const error of errors) {
      assert.ok(typeof (error as { code?: string }).code === 'string', shown(error))
      hidesAll(error, 'an error')
    }
    assert.ok(payloads.length > 10)
    for (const payload of payloads) hidesAll(payload, 'a payload')
    for (const status of rig.statuses) hidesAll(status, 'a status')
    hidesAll(client, 'the client')
    hidesAll(client.stats(), 'the counts')
  })

  test(`nothing of a login that fails shows the secret (${auth})`, async () => {
    for (const message of ['Authentication failed', 'Login Already In Use', `no ${SECRET}, frank`]) {
      await using rig = new Rig({ secret: SECRET, auth })
      const connected = watch(rig.client.connect())
      const peer = await rig.nextPeer()
      peer.send('Asterisk Call Manager/11.0.0\r\n')
      if (auth === 'md5') peer.reply(await peer.next(), 'Success', `Challenge: ${CHALLENGE}`)
      peer.reply(await peer.next(), 'Error', `Message: ${message}`)
      await settle()
      hidesAll(connected.error, 'the refusal')
      hidesAll(rig.client, 'the client')
      for (const status of rig.statuses) hidesAll(status, 'a status')
    }
  })
}

test('a login that stalls, and one to what is no Asterisk, show no secret', async () => {
  for (const act of ['stall', 'garbage'] as const) {
    await using rig = new Rig({ secret: SECRET, auth: 'plain' })
    const connected = watch(rig.client.connect())
    const peer = await rig.nextPeer()
    if (act === 'stall') {
      peer.send('Asterisk Call Manager/11.0.0\r\n')
      await peer.next()
      rig.clock.tick(10_000)
    } else peer.send('220 mail.example ESMTP\r\n')
    await settle()
    assert.equal((connected.error as { code: string }).code, 'AMI_CONNECT')
    hidesAll(connected.error, act)
  }
})

test('a client that is ready shows neither its secret nor what it sends', async () => {
  await using rig = await readyRig({ secret: SECRET })
  const { client, peer } = rig
  void client.sendRaw('Setvar', { Variable: 'X', Value: VALUE }).catch(() => {})
  await peer.next()
  hidesAll(client, 'the client')
})
