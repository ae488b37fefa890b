import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { requestFrom } from '../../src/agi/environment.ts'
import { type AgiHandler, type AgiSession, listenAgi, router } from '../../src/agi/index.ts'
import { AsteriskPeer, ENVIRONMENT } from './asterisk-peer.ts'

const lines = ENVIRONMENT.trimEnd().split('\n')
const request = (path: string) => requestFrom(['agi_network: yes', `agi_network_script: ${path}`, ...lines.slice(1)])

/** Which of some patterns takes a path, and with which parameters. */
function taken(patterns: readonly string[], path: string): [string, Record<string, string>] | undefined {
  let found: [string, Record<string, string>] | undefined
  let params: Record<string, string> = {}
  const note = (pattern: string) => {
    found = [pattern, params]
  }
  const handlers = patterns.map((pattern): [string, AgiHandler] => [pattern, () => note(pattern)])
  const route = router(Object.fromEntries(handlers))
  if (!route.matches(request(path))) return undefined
  const routed = (given: object) => {
    params = { ...given }
  }
  const call = { request: request(path), routed }
  route(call as unknown as AgiSession)
  return found
}

test('the more literal pattern takes a path, whatever the order', () => {
  const patterns = ['a/*', 'a/:x', 'a/b', '*', 'a/b/:y', 'a/:x/c/d', '']
  for (const order of [patterns, patterns.toReversed()]) {
    assert.deepEqual(taken(order, 'a/b'), ['a/b', {}])
    assert.deepEqual(taken(order, 'a/z'), ['a/:x', { x: 'z' }])
    assert.deepEqual(taken(order, 'a/b/c%20d?x=1'), ['a/b/:y', { y: 'c d' }])
    assert.deepEqual(taken(order, 'a/q/c/d'), ['a/:x/c/d', { x: 'q' }])
    assert.deepEqual(taken(order, 'a/q/r/s'), ['a/*', { '*': 'q/r/s' }])
    assert.deepEqual(taken(order, 'z/%zz'), ['*', { '*': 'z/%zz' }])
    assert.deepEqual(taken(order, ''), ['', {}])
  }
  assert.equal(taken(['a/b'], 'a'), undefined)
  assert.deepEqual(taken([':__proto__'], 'x')?.[0], ':__proto__')
})

test('patterns that fit the same path, neither of them better, are refused, and so are those that are none', () => {
  for (const [one, other] of [
    ['a/:x', 'a/:y'],
    ['a/:x/c', 'a/b/:y'],
    [':x/b', 'a/*'],
  ] as const) {
    assert.throws(() => router({ [one]: () => {}, [other]: () => {} }), { code: 'AMI_ARGUMENT' }, `${one} ${other}`)
  }
  for (const pattern of ['a/*/b', ':', ':1', ':x/:x']) {
    assert.throws(() => router({ [pattern]: () => {} }), { code: 'AMI_ARGUMENT' }, pattern)
  }
  assert.throws(() => router({ a: 'x' as never }), { code: 'AMI_ARGUMENT' })
})

test('a call without a route is told FAILURE, and nobody is called', async (t) => {
  const reasons: unknown[] = []
  const note = (payload: unknown) => void reasons.push((payload as { reason: string }).reason)
  subscribe('agi:refused', note)
  t.after(() => unsubscribe('agi:refused', note))
  await using server = await listenAgi(router({ 'ivr/main': () => assert.fail('called') }), { port: 0 })
  using peer = await AsteriskPeer.dial(server.port)
  assert.deepEqual([await peer.next(), await peer.next()], ['FAILURE', undefined])
  await server.close()
  assert.deepEqual([reasons, server.stats().refused], [['route'], 1])
  let called = 0
  await using open = await listenAgi(router({}, { otherwise: () => void called++ }), { port: 0 })
  using other = await AsteriskPeer.dial(open.port)
  assert.equal(await other.next(), undefined)
  assert.equal(called, 1)
})
