import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkServerIdentity } from 'node:tls'
import { type AmiError, connect } from 'amiable'
import { startServer } from 'amiable/testing'
import { expired, good } from '../../../../tools/testbed/certificates.ts'
import type { OurAsterisk } from '../../../targets.ts'
import { codeOf, Night, Pending, within } from '../nights/fault-session.ts'
import { Relay } from '../nights/relay.ts'
import { record } from '../nights/results.ts'

const PIPELINED = 500

/** What a client says of a server's certificate, and that nothing stays unread in TLS. */
export function tls(place: OurAsterisk): void {
  const { name: where, host, port, username, secret } = place
  const { ca } = place.tls
  const account = { host, username, secret, reconnect: false, loginTimeout: 2_000 } as const

  describe(`TLS before ${where}`, () => {
    const failures = [
      [
        'a wrong name',
        { port: place.tls.port, tls: { ca, servername: 'pbx.example' } },
        /the certificate is for another name/,
      ],
      ['an unknown authority', { port: place.tls.port, tls: true }, /unknown authority; give it as tls\.ca/],
      ['a server that speaks plain text', { port, tls: { ca } }, /the server does not speak TLS on this port/],
      ['a client that speaks plain text', { port: place.tls.port, tls: false }, /no banner within 2000 ms|ended|reset/],
    ] as const
    for (const [what, options, text] of failures) {
      test(`${what} is a clear error`, async () => {
        const start = performance.now()
        const error: AmiError = await connect({ ...account, ...options }).then(
          () => assert.fail('it connected'),
          (reason) => reason,
        )
        record({ kind: `TLS: ${what}`, where, ms: performance.now() - start })
        assert.equal(error.code, 'AMI_CONNECT')
        assert.match(error.message, text)
      })
    }

    for (const [what, identity, tls, text] of [
      ['untrusted', good, true, /unknown authority; give it as tls\.ca/],
      ['expired', expired, { ca }, /the certificate has expired/],
    ] as const) {
      test(`an ${what} certificate is a clear error`, async () => {
        await using impostor = await startServer({ host, tls: identity })
        const attempt = connect({ ...account, port: impostor.port, tls })
        await assert.rejects(attempt, (error: AmiError) => error.code === 'AMI_CONNECT' && text.test(error.message))
        assert.deepEqual(impostor.calls, [])
      })
    }

    test('a reconnect resumes the TLS session', async () => {
      await using relay = await Relay.start({ host, port: place.tls.port })
      let handshakes = 0
      const identity: typeof checkServerIdentity = (name, certificate) => {
        // Node asks only in a full handshake
        handshakes++
        return checkServerIdentity(name, certificate)
      }
      await using night = await Night.begin({
        host: relay.host,
        port: relay.port,
        username,
        secret,
        tls: { ca, checkServerIdentity: identity },
      })
      await night.hearsItself()
      for (let round = 0; round < 3; round++) {
        const from = night.statuses.length
        relay.reset()
        const ready = await night.status('ready', from)
        record({ kind: 'reconnect over TLS', where, ms: ready.gap ?? 0 })
        await night.hearsItself()
      }
      assert.equal(handshakes, 1)
      night.nothingTwice()
    })

    test(`${PIPELINED} pipelined actions over TLS are answered, through resets too`, async () => {
      await using relay = await Relay.start({ host, port: place.tls.port })
      await using night = await Night.begin({
        host: relay.host,
        port: relay.port,
        username,
        secret,
        tls: { ca },
        keepalive: { interval: 10_000 },
      })
      const start = performance.now()
      const ping = (n: number) =>
        night.client.sendRaw('Ping', { Filling: 'x'.repeat(n % 900) }, { retry: true, timeout: 30_000 })
      await within(20_000, 'the answers', Promise.all(Array.from({ length: PIPELINED }, (_, n) => ping(n))))
      record({ kind: `${PIPELINED} pipelined over TLS`, where, ms: performance.now() - start })
      for (let round = 0; round < 5; round++) {
        const from = night.statuses.length
        const again = Array.from({ length: PIPELINED }, (_, n) => ping(n))
        const once = new Pending({ Ping: night.client.send('Ping') })
        relay.cutAfter('up', 20_000 * (round + 1), 'reset')
        const answers = await within(20_000, 'the answers', Promise.all(again))
        assert.ok(answers.every(({ success }) => success))
        const [end] = await once.ended(5_000)
        if (end!.error !== undefined) assert.equal(codeOf(end!.error), 'AMI_LOST')
        await night.status('ready', from)
      }
      await night.hearsItself()
      night.nothingTwice()
    })

    test('the same on a simulator that leaves bytes unread as Asterisk does, one byte at a time besides', async () => {
      await using simulator = await startServer({ tls: good })
      simulator.faults.tlsReadStall()
      await using relay = await Relay.start(simulator)
      await using night = await Night.begin({ host: relay.host, port: relay.port, username, secret, tls: { ca } })
      const pings = (count: number) => Promise.all(Array.from({ length: count }, () => night.client.send('Ping')))
      await within(20_000, 'the answers', pings(PIPELINED))
      relay.bytewise()
      await within(20_000, 'the answers', pings(5))
      relay.flow()
      const long = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`Filling-${n}`, 'x'.repeat(n * 15)]))
      await within(20_000, 'a long action', night.client.sendRaw('UserEvent', { UserEvent: 'Long', ...long }))
    })
  })
}
