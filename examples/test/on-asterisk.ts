import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RealTarget } from '../../tools/servers/asterisk/targets.ts'
import { demo } from './demo.ts'
import { everyExample } from './examples.ts'

/** Runs every example and the demo on the Asterisk of ours of that version. */
export function onAsterisk(version: 22 | 16): void {
  const targets: RealTarget[] = JSON.parse(process.env.AMIABLE_TARGETS ?? '[]')
  const target = targets.find((one) => one.full && one.version === version)
  if (!target) {
    test(`on Asterisk ${version}`, { skip: `no Asterisk ${version} (see above)` }, () => {})
    return
  }
  everyExample(target)

  test(`the demo on ${target.name}`, async () => {
    const { username, secret, host, port } = target
    const where = ['--host', host, '--port', String(port), '--username', username]
    const { code, output } = await demo([...where, '--channel', 'Local/answered@default'], secret)
    assert.equal(code, 0, output)
    for (const what of ['Newchannel', 'the outcome: answered', 'Hangup']) assert.ok(output.includes(what), output)

    const tls = ['--host', 'localhost', '--port', String(target.tlsPort), '--username', username, '--tls']
    const dialled = [...tls, '--channel', 'Local/answered@default', '--context', 'default', '--exten', 'echo']
    const secure = await demo(tls, secret, { NODE_EXTRA_CA_CERTS: target.ca })
    assert.equal(secure.code, 0, secure.output)
    assert.match(secure.output, /nothing is dialled without --channel/)
    const call = await demo(dialled, secret, { NODE_EXTRA_CA_CERTS: target.ca })
    assert.equal(call.code, 0, call.output)
  })
}
