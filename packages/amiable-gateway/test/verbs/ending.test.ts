// How the verbs end: what each reply of a gateway means to a shell, and that a signal ends whatever waits.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, test } from 'node:test'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { type Nats, natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { ended } from '../../../../tools/testbed/command.ts'
import { GatewayCommand } from '../../../../tools/testbed/gateway-command.ts'
import type { EventMessage } from '../../src/log/message.ts'

const skip = (await natsObstacle()) ?? false
const line = new GatewayCommand()
const closing: (() => unknown)[] = [() => line[Symbol.dispose]()]
let nats: Nats
let connection: NatsConnection

before(async () => {
  if (skip) return
  nats = await startNats('2.15')
  closing.push(() => nats.close())
  connection = await connect({ servers: nats.urls })
  closing.push(() => connection.close())
})

after(async () => {
  for (const close of closing.reverse()) await close()
})

const call = (server: string, ...words: string[]) => ['call', '--nats', nats.urls.join(','), server, 'Ping', ...words]

// what a gateway of this package says where it is so
for (const [code, delivered, status] of [
  ['AMI_REFUSED', 'yes', 1],
  ['GW_DENIED', 'no', 1],
  ['GW_KEY_REUSED', 'no', 1],
  ['AMI_ARGUMENT', 'no', 2],
  ['GW_UNAVAILABLE', 'no', 3],
  ['AMI_LOST', 'no', 3],
  ['GW_EXPIRED', 'no', 5],
  ['AMI_TIMEOUT', 'no', 5],
  ['AMI_TIMEOUT', 'unknown', 6],
  ['GW_IN_PROGRESS', 'unknown', 6],
  ['GW_TOO_LARGE', 'no', 7],
  ['AMI_LIMIT', 'no', 7],
] as const) {
  test(`call leaves with ${status} after ${code} that was delivered: ${delivered}`, { skip }, async () => {
    const server = `${code}_${delivered}`
    const subscription = connection.subscribe(`ami.action.${server}.read.Ping`, {
      max: 1,
      callback: (_, message) => {
        const error = { code, message: 'it failed', delivered, retryable: false }
        message.respond(JSON.stringify({ ok: false, server, gateway: 'gw-a', ms: 1, delivered, error }))
      },
    })
    await connection.flush()
    const ran = await line.run(call(server))
    subscription.unsubscribe()
    assert.deepEqual([ran.code, ran.stdout], [status, ''], ran.stderr)
    assert.match(
      ran.stderr,
      new RegExp(`^amiable-gateway: it failed\\n {2}delivered: ${delivered}(?:: look [^\\n]*)?\\n$`),
    )
  })
}

/** Listens, and never answers. */
async function silence(): Promise<{ readonly address: string; readonly asked: Promise<unknown> }> {
  const server = createServer((socket) => socket.on('error', () => {}))
  const asked = once(server, 'connection')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return { address: `127.0.0.1:${(server.address() as { port: number }).port}`, asked }
}

const configAt = (address: string) =>
  line.file(
    `at-${address}.yaml`,
    `nats: { servers: ["${address}"] }
asterisks: { pbx1: { host: 127.0.0.1, username: gateway, secret: { file: ${line.file('secret', 'lean\n')} } } }
`,
  )

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  for (const verb of ['init', 'status', 'verify', 'call', 'health'] as const) {
    test(`${signal} ends ${verb} that waits for an answer, at once and with ${status}`, async () => {
      const { address, asked } = await silence()
      const words = {
        init: ['init', '-c', configAt(address)],
        status: ['status', '-c', configAt(address)],
        verify: ['verify', '-c', configAt(address)],
        call: ['call', '-c', configAt(address), 'pbx1', 'Ping', '--timeout', '2m'],
        health: ['health', '--url', `http://${address}`, '--timeout', '2m'],
      }
      const child = line.start(words[verb])
      const end = ended(child)
      await asked
      child.kill(signal)
      assert.deepEqual(await end, { code: status, stdout: '', stderr: '' })
    })
  }

  test(`${signal} ends call whose action is under way with ${status}`, { skip }, async () => {
    const subscription = connection.subscribe('ami.action.slow.read.Ping', { max: 1 })
    await connection.flush()
    const child = line.start(call('slow', '--timeout', '2m'))
    const end = ended(child)
    for await (const _ of subscription) child.kill(signal)
    assert.deepEqual(await end, { code: status, stdout: '', stderr: '' })
  })

  test(`${signal} ends watch, which has shown what there was, with 0`, { skip }, async () => {
    const child = line.start(['watch', '--nats', nats.urls.join(',')])
    const end = ended(child)
    // it has subscribed when what it would show has somebody who listens
    const at = new Date().toISOString()
    const about = { v: 1, id: 'pbx1-l-1', server: 'pbx1', log: 'l', seq: 1, term: 1, run: 'r', at } as const
    const message: EventMessage = { ...about, event: 'Hangup', hash: 'h', data: { Event: 'Hangup' } }
    const body = JSON.stringify(message)
    const timer = setInterval(() => connection.publish('ami.event.pbx1.Hangup', body), 20)
    await Promise.race([once(child.stdout, 'data'), end])
    clearInterval(timer)
    child.kill(signal)
    const { code, stderr } = await end
    assert.deepEqual([code, stderr], [0, ''])
  })
}
