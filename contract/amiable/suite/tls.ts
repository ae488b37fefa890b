import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from 'amiable'
import { optionsFor, overTls, withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

/** TLS: who is trusted, and that nothing stays unread in it. */
export function tls(target: Target): void {
  const { name, tls: secured } = target
  if (secured === undefined) {
    test(`${name}: TLS`, { skip: 'it has no TLS port' }, () => {})
    return
  }

  test(`${name}: a certificate of a trusted authority is taken`, () =>
    withClient(target, async (ami) => assert.equal((await ami.send('Ping')).Ping, 'Pong'), overTls(target)))

  test(`${name}: an authority that nobody named is refused with AMI_CONNECT, and the error says what to do`, () =>
    assert.rejects(connect(optionsFor(target, { ...overTls(target), tls: true })), {
      code: 'AMI_CONNECT',
      message: /certificate|authority/,
    }))

  test(`${name}: a certificate for another name is refused with AMI_CONNECT that says so`, () =>
    assert.rejects(
      connect(optionsFor(target, { ...overTls(target), tls: { ca: secured.ca, servername: 'pbx.example' } })),
      { code: 'AMI_CONNECT', message: /the certificate is for another name/ },
    ))

  test(`${name}: a caller may take whatever certificate comes`, () =>
    withClient(target, async (ami) => assert.equal((await ami.send('Ping')).Ping, 'Pong'), {
      ...overTls(target),
      tls: { rejectUnauthorized: false },
    }))

  test(`${name}: TLS spoken to the plain port is refused with AMI_CONNECT that says so`, () =>
    assert.rejects(connect(optionsFor(target, { tls: true, connectTimeout: 3_000 })), {
      code: 'AMI_CONNECT',
      message: /does not speak TLS/,
    }))

  // manager.c:get_input polls the socket and not the TLS layer: bytes past 1,024 of a record would stay unread
  test(`${name}: five hundred pipelined actions over TLS are all answered`, () =>
    withClient(
      target,
      async (ami) => {
        const asked = Array.from({ length: 500 }, (_, i) => {
          // of many lengths, so that the ends of lines and of records meet in every way
          const filler = 'x'.repeat((i * 37) % 900)
          return ami.sendRaw('Ping', { Filler: filler }).then((pong) => assert.equal(pong.get('Ping'), 'Pong'))
        })
        await Promise.all(asked)
      },
      { ...overTls(target), maxInFlight: 500, events: 'off' },
    ))

  test(`${name}: an action of the longest lines and the most headers goes through TLS`, () =>
    withClient(
      target,
      async (ami) => {
        const headers = Object.fromEntries(Array.from({ length: 125 }, (_, i) => [`H${i}`, 'x'.repeat(1_000)]))
        const reply = await ami.sendRaw('UserEvent', { UserEvent: 'Long', ...headers })
        assert.equal(reply.success, true)
      },
      { ...overTls(target), events: 'off' },
    ))
}
