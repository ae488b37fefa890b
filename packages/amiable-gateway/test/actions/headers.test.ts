import assert from 'node:assert/strict'
import { createConnection, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { connect, type Msg } from '@nats-io/transport-node'
import { NATS_VERSIONS } from '../../../../tools/servers/nats/binary.ts'
import { natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { callerOf } from '../../src/actions/caller.ts'
import { headersOf } from '../../src/actions/headers.ts'
import { accountsText } from '../../src/bus/permissions.ts'

const skip = (await natsObstacle()) ?? false
for (const user of ['GATEWAY_LOG', 'GATEWAY_ANSWERS', 'CRM']) process.env[`${user}_PASSWORD`] = 'lean'

/** A message as the client of NATS has it, of which only the bytes count. */
function received(headers: string | Uint8Array): Msg {
  const bytes = typeof headers === 'string' ? Buffer.from(headers) : headers
  return { _rdata: bytes, _msg: { hdr: bytes.length === 0 ? -1 : bytes.length } } as unknown as Msg
}

test('headers are what stands in their bytes, whatever else stands there', () => {
  const headers = headersOf(
    received('NATS/1.0\r\nA: 1\r\nnocolon\r\n: x\r\na b: c\r\né: x\r\nA:2 \r\nAB: 3\r\nB: x:y\r\nC:\r\n\r\n'),
  )
  assert.deepEqual([headers.first('A'), headers.last('A')], ['1', '2'])
  assert.deepEqual([headers.first('B'), headers.first('C'), headers.first('a')], ['x:y', '', undefined])
  for (const none of ['', 'NATS/1.0\r\n\r\n', 'NATS/1.0 503\r\n\r\n', Uint8Array.of(0xff, 0xfe)]) {
    assert.equal(headersOf(received(none)).first('A'), undefined)
  }
})

test('headers that are too long are not read', () => {
  const many = Array.from({ length: 30_000 }, (_, n) => `h${n}: x`).join('\r\n')
  const headers = headersOf(received(`NATS/1.0\r\nA: 1\r\n${many}\r\n\r\n`))
  assert.ok(headers.bytes > 300_000)
  assert.equal(headers.first('A'), undefined)
})

/** A client that sends what it likes. */
async function raw(t: TestContext, url: string, user: string): Promise<Socket> {
  const socket = createConnection(Number(new URL(url).port), '127.0.0.1')
  t.after(() => socket.destroy())
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write(`CONNECT {"verbose":false,"headers":true,"lang":"raw","version":"1","user":"${user}","pass":"lean"}\r\n`)
  return socket
}

for (const version of NATS_VERSIONS) {
  test(`no team on nats-server ${version} asks in the name of another`, { skip }, async (t) => {
    const nats = await startNats(version, { configuration: accountsText(['crm'], 'ami') })
    t.after(() => nats.close())
    const gateway = await connect({ servers: nats.urls, user: 'gateway-answers', pass: 'lean' })
    t.after(() => gateway.close())
    const requests = gateway.subscribe('ami.action.>')
    await gateway.flush()
    const crm = await raw(t, nats.urls[0] ?? '', 'crm')
    const FORGED = 'Nats-Request-Info: {"acc":"OPS"}\r\n'
    const forgeries = [
      '',
      FORGED,
      FORGED + FORGED,
      `X: Nats-Request-Info\r\n${FORGED}`,
      `Nats-Request-Info-: x\r\n${FORGED}`,
    ]
    for (const forged of forgeries) {
      const headers = `NATS/1.0\r\n${forged}\r\n`
      const size = Buffer.byteLength(headers)
      crm.write(`HPUB ami.action.pbx1.read.Ping _INBOX.x.1 ${size} ${size + 2}\r\n${headers}{}\r\n`)
    }
    let left = forgeries.length
    for await (const message of requests) {
      const { subject, reply, data } = message
      const request = { subject, reply, data, headers: headersOf(message) }
      const caller = callerOf(request, { inboxes: [], trustRequestInfo: true })
      assert.deepEqual([caller?.bucket, caller?.user], ['account CRM', 'crm'])
      if (--left === 0) break
    }
  })
}
