import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { connect, createClient } from '../../src/client/connect.ts'
import { type ClientOptions, resolveOptions } from '../../src/client/options.ts'
import { ConnectError } from '../../src/errors.ts'
import { assertForm } from '../support/argument-form.ts'

const good = { username: 'frank', secret: 'hunter2' }
const resolve = (options: Record<string, unknown>) =>
  resolveOptions({ ...good, ...options } as unknown as ClientOptions)

describe('the defaults', () => {
  test('are those of the interface page', () => {
    const { source, host, port, tls, auth, events, connectTimeout, loginTimeout, actionTimeout, keepalive } = resolve(
      {},
    )
    assert.deepEqual(
      { source, host, port, tls, auth, events, connectTimeout, loginTimeout, actionTimeout, keepalive },
      {
        source: 'localhost:5038',
        host: 'localhost',
        port: 5038,
        tls: false,
        auth: 'md5',
        events: 'on',
        connectTimeout: 5_000,
        loginTimeout: 10_000,
        actionTimeout: 10_000,
        keepalive: { interval: 15_000, timeout: 5_000 },
      },
    )
    const { maxInFlight, maxQueued, limits, encoding, socket, onListenerError } = resolve({})
    assert.deepEqual(
      { maxInFlight, maxQueued, limits, encoding, socket, onListenerError },
      {
        maxInFlight: 256,
        maxQueued: 1_024,
        limits: { line: 8_388_608, message: 8_388_608, headers: 262_144, rows: 100_000, held: 67_108_864 },
        encoding: 'utf8',
        socket: undefined,
        onListenerError: undefined,
      },
    )
  })

  test('hold for options that are undefined', () => {
    const names = [
      'name',
      'host',
      'port',
      'tls',
      'auth',
      'events',
      'connectTimeout',
      'keepalive',
      'reconnect',
      'limits',
    ]
    const given = Object.fromEntries(names.map((name) => [name, undefined]))
    assert.deepEqual(resolve(given).limits, resolve({}).limits)
    assert.equal(resolve(given).source, 'localhost:5038')
    assert.equal(resolve({ limits: { line: undefined } }).limits.line, 8_388_608)
    assert.deepEqual(resolve({ keepalive: { interval: undefined } }).keepalive, { interval: 15_000, timeout: 5_000 })
  })

  test('give way to false, where there is to be no keepalive', () => {
    assert.equal(resolve({ keepalive: false }).keepalive, false)
  })

  test('take the port of TLS where there is TLS', () => {
    assert.equal(resolve({ tls: true }).port, 5039)
    assert.equal(resolve({ tls: { rejectUnauthorized: false } }).port, 5039)
    assert.equal(resolve({ tls: true, port: 7 }).port, 7)
  })

  test('name the client by its host and port, an IPv6 address in brackets', () => {
    assert.equal(resolve({ host: '::1', port: 7 }).source, '[::1]:7')
    assert.equal(resolve({ host: 'pbx1' }).source, 'pbx1:5038')
    assert.equal(resolve({ name: 'mine' }).source, 'mine')
  })
})

describe('a wrong option', () => {
  const wrong: [string, unknown[]][] = [
    ['name', ['', 5, null, 'a\r\nb', '\0']],
    ['host', ['', 5, null, 'a\nb', {}]],
    ['port', [0, -1, 65_536, 1.5, Number.NaN, '5038', null]],
    ['username', ['', undefined, null, 5, 'a\r\nSecret: b', 'a\0']],
    ['secret', [undefined, null, 5, {}, 'hunter2\r\n', 'hunter2\n', 'hunter2\0']],
    ['tls', [null, 'yes', 1]],
    ['auth', ['MD5', '', null, 'none']],
    ['events', ['call', '', null, 5, ['calls'], ['call,log'], [''], [' call'], ['call', 5], [null], ['a\r\nb']]],
    ['connectTimeout', [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2_147_483_648, '5', null]],
    ['loginTimeout', [0, -1, Number.NaN, '5']],
    ['actionTimeout', [0, -1, Number.NaN, '5']],
    ['keepalive', [5, 'on', null, true]],
    ['reconnect', [true, 'always', null, 5]],
    ['maxInFlight', [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null]],
    ['maxQueued', [-1, 1.5, Number.NaN, '5']],
    ['maxBacklog', [0, -1, 1.5, '5']],
    ['limits', [5, 'x', null, false]],
    ['encoding', ['ascii', 'UTF8', '', null]],
    ['socket', [{}, 5, null]],
    ['onListenerError', [{}, 5, null]],
    ['clock', [5, null, {}, { now: () => 0 }]],
    ['random', [5, null, {}]],
  ]
  for (const [name, values] of wrong) {
    test(`${name} throws at once, naming it and showing no secret`, () => {
      for (const value of values) {
        assert.throws(
          () => createClient({ ...good, [name]: value } as ClientOptions),
          (error) => {
            const { argument, message } = assertForm(error, `${name}: ${inspect(value)}`)
            assert.equal(argument, name)
            if (!message.startsWith(`${name} `)) assert.fail(message)
            assert.doesNotMatch(inspect(error, { showHidden: true }), /hunter2/)
            return true
          },
          `${name}: ${inspect(value)}`,
        )
      }
    })
  }

  const nested: [string, Record<string, unknown>][] = [
    ['keepalive.interval', { keepalive: { interval: 0 } }],
    ['keepalive.timeout', { keepalive: { timeout: -1 } }],
    ['keepalive.intervall', { keepalive: { intervall: 5 } }],
    ['reconnect.initialDelay', { reconnect: { initialDelay: 0 } }],
    ['reconnect.maxDelay', { reconnect: { maxDelay: Number.POSITIVE_INFINITY } }],
    ['reconnect.factor', { reconnect: { factor: 0.5 } }],
    ['reconnect.factor', { reconnect: { factor: Number.NaN } }],
    ['reconnect.factor', { reconnect: { factor: '2' } }],
    ['reconnect.jitter', { reconnect: { jitter: 1.1 } }],
    ['reconnect.jitter', { reconnect: { jitter: Number.NaN } }],
    ['reconnect.maxDelai', { reconnect: { maxDelai: 5 } }],
    ['limits.line', { limits: { line: 0 } }],
    ['limits.message', { limits: { message: 1.5 } }],
    ['limits.headers', { limits: { headers: '9' } }],
    ['limits.rows', { limits: { rows: null } }],
    ['limits.lines', { limits: { lines: 5 } }],
    ['limits.toString', { limits: { toString: 5 } }],
  ]
  for (const [name, options] of nested) {
    test(`${inspect(options)} throws, naming ${name}`, () => {
      assert.throws(() => resolve(options), { code: 'AMI_ARGUMENT', argument: name })
    })
  }

  test('that does not exist is named', () => {
    assert.throws(() => resolve({ user: 'frank' }), { code: 'AMI_ARGUMENT', argument: 'user' })
    assert.throws(
      () => resolve({ password: 'hunter2' }),
      (error) => !/hunter2/.test(inspect(error)),
    )
  })

  test('no options at all are named too', () => {
    for (const options of [undefined, null, 5, 'x']) {
      assert.throws(() => createClient(options as never), { code: 'AMI_ARGUMENT', argument: 'options' })
    }
  })

  test('makes connect throw at once, and not reject', () => {
    assert.throws(() => connect({ ...good, port: 0 }), { code: 'AMI_ARGUMENT', argument: 'port' })
  })
})

describe('the event mask', () => {
  test('is on, off, or the classes with commas', () => {
    assert.equal(resolve({ events: 'on' }).events, 'on')
    assert.equal(resolve({ events: 'off' }).events, 'off')
    assert.equal(resolve({ events: ['call'] }).events, 'call')
    assert.equal(resolve({ events: ['call', 'agent'] }).events, 'call,agent')
  })

  test('of no classes is off', () => {
    assert.equal(resolve({ events: [] }).events, 'off')
  })
})

describe('the secret', () => {
  test('may be a function, which is not asked before the login', () => {
    let asked = 0
    resolve({ secret: () => `${asked++}` })
    assert.equal(asked, 0)
  })

  test('may be empty', () => {
    assert.equal(resolve({ secret: '' }).secret, '')
  })
})

test('reconnect: false gives a policy that never tries again', () => {
  assert.equal(resolve({ reconnect: false }).policy(1, new ConnectError('x')), false)
})

test('options are read once: to change them later changes nothing', () => {
  const limits = { rows: 5 }
  const keepalive = { interval: 7 }
  const resolved = resolve({ limits, keepalive })
  limits.rows = 6
  keepalive.interval = 8
  assert.deepEqual([resolved.limits.rows, resolved.keepalive], [5, { interval: 7, timeout: 5_000 }])
})
