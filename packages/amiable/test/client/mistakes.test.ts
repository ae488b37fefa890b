// The mistakes of newcomers: what each one says. Asserted is which value is wrong and what to do.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { inspect } from 'node:util'
import { type Client, connect, createClient, createFleet, getQueues, hangup } from '../../src/index.ts'
import { startServer } from '../../src/testing/index.ts'

const server = await startServer({ users: { frank: 'lean' }, queues: { sales: {} } })
const options = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
const ami = await connect({ ...options, name: 'pbx1' })
after(async () => {
  await ami.close()
  await server.close()
})

// as JavaScript calls it: nothing is known of types
const make = createClient as (...args: unknown[]) => Client
const start = connect as (...args: unknown[]) => Promise<Client>
const send = (...args: unknown[]) => (ami.sendRaw as (...args: unknown[]) => Promise<unknown>)(...args)

function says(wrong: () => unknown, argument: string, text: RegExp): void {
  assert.throws(() => void wrong(), { code: 'AMI_ARGUMENT', argument, message: text })
}

describe('making a client', () => {
  const made = (one: Record<string, unknown>) => () => make({ ...options, ...one })

  test('options by other names are told by ours', () => {
    says(made({ password: 'lean' }), 'password', /^password is unknown: did you mean secret\?$/)
    says(made({ user: 'frank' }), 'user', /did you mean username\?/)
    says(made({ timeout: 5 }), 'timeout', /did you mean actionTimeout\?/)
    says(made({ ssl: true }), 'ssl', /did you mean tls\?/)
  })

  test('a host and a port instead of one object', () => {
    for (const wrong of [() => start(), () => start(5038, 'pbx1'), () => start('pbx1', 5038), () => make(5038)]) {
      says(wrong, 'options', /one object, as in connect\(\{ host, username, secret \}\)/)
    }
  })

  test('what is missing is told at once', () => {
    says(made({ secret: undefined }), 'secret', /^secret is missing: it is undefined$/)
    says(() => make({}), 'username', /^username is missing, and so is secret: connect\(\{ host, username, secret \}\)$/)
  })

  test('a port that is a string, and a host that holds one', () => {
    says(made({ port: '5038' }), 'port', /^port must be a whole number from 1 to 65535, got the string '5038'$/)
    says(made({ host: 'pbx1:5038' }), 'host', /^host must not hold a port: give it as port/)
    says(made({ host: 'http://pbx1' }), 'host', /^host must be a name or an address and no URL/)
  })

  test('keepalive and reconnect say their shape', () => {
    says(made({ keepalive: 10_000 }), 'keepalive', /\{ interval, timeout \} in milliseconds, got the number 10000$/)
    says(made({ reconnect: true }), 'reconnect', /false, a function, or \{ initialDelay/)
    assert.equal(made({ keepalive: false })().state, 'idle')
  })

  test('events are classes', () => {
    says(made({ events: 'call,agent' }), 'events', /as in \['call', 'agent'\], got the string 'call,agent'$/)
    says(made({ events: ['Hangup'] }), 'events', /to hear one event use on\('Hangup'\)$/)
  })
})

describe('connecting', () => {
  test('a wrong secret: which server, which account, and not the secret', async () => {
    const error = await connect({ ...options, name: 'pbx1', secret: 'hunter2' }).catch((one: unknown) => one)
    assert.match(String(error), /pbx1: .*frank.*Authentication failed/)
    assert.doesNotMatch(inspect(error), /hunter2/)
  })

  test('a closed port: the address once', async () => {
    const error = await connect({ ...options, port: 1 }).catch((one: unknown) => one)
    assert.equal(String(error).match(/127\.0\.0\.1/g)?.length, 1, String(error))
  })

  test('a call before connect()', () => {
    const idle = createClient(options)
    says(() => idle.send('Ping'), 'connect()', /^connect\(\) was not called: call it before you send Ping$/)
  })
})

describe('sending', () => {
  test('one object, a callback, an option that is none', () => {
    says(() => send({ action: 'Ping' }), 'action', /as in send\('Ping', params\), got an object$/)
    says(() => send('Ping', () => {}), 'params', /^params cannot be a callback: await the promise/)
    says(() => send('Ping', {}, () => {}), 'options', /^options cannot be a callback: await the promise/)
    says(() => send('Ping', {}, { timout: 5 }), 'timout', /^timout is unknown: did you mean timeout\?$/)
    says(() => send('Ping', {}, { signal: new AbortController() }), 'signal', /AbortSignal, .*: give its signal$/)
  })

  test('an option among the parameters, unless the action has such a parameter', async () => {
    for (const name of ['timeout', 'signal', 'variables', 'actionId', 'retry', 'queue', 'check', 'fence']) {
      says(
        () => send('ping', { [name]: 5 }),
        name,
        new RegExp(
          `^${name} cannot be a parameter of ping: give it as an option, as in send\\(action, params, \\{ ${name}`,
        ),
      )
    }
    await assert.rejects(send('AbsoluteTimeout', { channel: 'none', timeout: 5 }), { code: 'AMI_REFUSED' })
    await send('QueueStatus', { queue: 'sales' })
    await send('UserEvent', { UserEvent: 'Mine', retry: 'x' })
    await assert.rejects(send('NoSuchAction', { check: 5 }), { code: 'AMI_REFUSED' })
  })

  test('variables, a command that does not exist', async () => {
    says(() => send('Originate', { Variable: { A: 1 } }), 'Variable', /as the option variables$/)
    await assert.rejects(ami.command('nonsense'), { code: 'AMI_REFUSED', message: /No such command/ })
  })

  test('a fleet, and a helper with no client', () => {
    const fleet = createFleet([])
    says(() => fleet.broadcast('Ping', (() => {}) as never), 'params', /cannot be a callback/)
    says(() => fleet.broadcast('Ping', {}, 5 as never), 'options', /^options must be an object/)
    says(() => hangup(null as never, { channel: 'x' }), 'client', /^client must be a client, got null$/)
    says(() => hangup(Promise.resolve(ami) as never, { channel: 'x' }), 'client', /got a Promise: await it first$/)
  })

  test('a helper that rejects says so as well', async () => {
    await assert.rejects(getQueues(undefined as never), { code: 'AMI_ARGUMENT', argument: 'client' })
  })

  test('a Timeout in seconds', async () => {
    server.system.endpoint('slow', { answers: 'noanswer' })
    const { outcome, meaning } = await ami.originate({ Channel: 'PJSIP/slow', Application: 'Wait', Timeout: 30 })
    assert.equal(outcome, 'noAnswer')
    assert.equal(meaning, 'rang for 30 ms and was not answered; Timeout is in milliseconds')
  })
})

describe('listening and looking', () => {
  test('a name that no server sends is told, with the name that was meant', async () => {
    const statuses = ami.status()
    const listeners = [ami.on('hangup' as string, () => {}), ami.on('Hangupp' as string, () => {})]
    for (const listener of listeners) {
      const { value } = await statuses.next()
      assert.equal(value.type, 'unheard')
      assert.equal(value.meant, 'Hangup')
      listener.remove()
    }
    await statuses.return?.()
  })

  test('console.log shows where a client, a fleet, a listener and a list stand, and no secret', async () => {
    const [one, all, some] = [
      await ami.on('Hangup', () => {}),
      ami.on('*', () => {}),
      ami.on(
        () => true,
        () => {},
      ),
    ]
    const pending = ami.send('Ping')
    assert.equal(
      inspect(ami).replace(/, read without .*/, ''),
      'Client pbx1 ready (AMI 11.0.0, login 1), 3 listeners, 1 call in flight',
    )
    await pending
    assert.equal(inspect(one), `Listener ${one.id} of Hangup`)
    assert.equal(inspect(all), `Listener ${all.id} of every event`)
    assert.equal(inspect(some), `Listener ${some.id} of the events that its predicate takes`)
    for (const listener of [one, all, some]) listener.remove()
    const list = ami.list('QueueStatus')
    assert.equal(inspect(list), 'EventList (not read yet: for await, or toArray())')
    await list.toArray()
    assert.equal(inspect(list), 'EventList (read)')
    const idle = createClient({ ...options, name: 'a' })
    assert.equal(inspect(idle).replace(/, read without .*/, ''), 'Client a idle, 0 listeners, 0 calls in flight')
    const fleet = createFleet([{ ...options, name: 'a' }])
    const heard = fleet.on(['Hangup', 'Newchannel'], () => {})
    assert.equal(inspect(fleet), 'Fleet of 1 member (a idle), 1 listener, 0 calls in flight')
    assert.equal(inspect(heard), `Listener ${heard.id} of Hangup, Newchannel`)
    assert.equal(inspect(createFleet([])), 'Fleet of 0 members, 0 listeners, 0 calls in flight')
    assert.equal(JSON.stringify(ami), '{"name":"pbx1"}')
    assert.equal(JSON.stringify(fleet), '{}')
    assert.doesNotMatch(inspect([ami, fleet, idle], { depth: 9, showHidden: true }), /lean/)
  })

  test('a header that is absent is named', async () => {
    const came = new Promise<{ number(name: string): number }>((resolve) => {
      ami.on('Mine' as string, resolve as never, { once: true })
    })
    server.emit('Mine', { Cause: 16 })
    const event = await came
    assert.throws(() => event.number('Cuase'), /Cuase is missing in Mine/)
  })
})

test('closed resolves whatever the functions of the caller throw, and nothing is left', async () => {
  const boom = () => {
    throw new Error('boom')
  }
  const controller = new AbortController()
  const own = await connect({ ...options, name: 'b', onListenerError: () => {}, reconnect: boom })
  own.on('*', boom)
  own.on(boom as never, boom)
  own.on('Mine' as string, boom, { signal: controller.signal })
  server.emit('Mine', {})
  await own.send('Ping')
  server.disconnect()
  // a policy that throws leaves the default one in force
  await own.close({ timeout: 0 })
  const { by } = await own.closed
  assert.equal(typeof by, 'string')
  assert.equal(own.stats().queued + own.stats().inFlight, 0)
  const asked = createClient({ ...options, name: 'c', secret: boom, reconnect: false })
  await assert.rejects(asked.connect())
  await asked.closed
  await connect({ ...options, name: 'd' }).then((again) => again.close())
})
