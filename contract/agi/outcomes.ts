// What the dialplan sees of a FastAGI session, as the guide "Voice menus" says it, and that it goes on afterwards.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import type { Client } from 'amiable'
import { type AgiHandler, type AgiServer, type ListenAgiOptions, listenAgi, router, serveAgi } from 'amiable/agi'
import { nextEvent, withClient } from '../support/client.ts'
import type { Target } from '../targets.ts'
import { hasComeTo } from './stage.ts'

/** Has a call run AGI() in the dialplan, and says which AGISTATUS the step behind it sees. */
async function statusOf(ami: Client, port: number, path = ''): Promise<string | undefined> {
  const done = nextEvent(ami, 'UserEvent', (event) => event.get('UserEvent') === 'AgiDone', 'AgiDone')
  await dial(ami, port, path)
  return (await done).get('Status')
}

async function dial(ami: Client, port: number, path = ''): Promise<void> {
  const where = { Channel: 'Local/wait@default/n', Context: 'default', Exten: 'agicall', Priority: 1, Async: true }
  await ami.sendRaw('Originate', where, { variables: { AGIDATA: `agi://127.0.0.1:${port}/${path}` } })
}

/** Outcomes on one server. */
export function outcomes(target: Target): void {
  const it = (title: string, body: (ami: Client) => Promise<void>) =>
    test(`${target.name}: ${title}`, () => withClient(target, body))
  const listen = (handler: AgiHandler, options: ListenAgiOptions = {}): Promise<AgiServer> =>
    listenAgi(handler, { port: 0, onHandlerError: () => {}, ...options })
  const forEver = () => new Promise<never>(() => {})

  it('a handler that returns is a SUCCESS, one that throws and a path without a route are a FAILURE', async (ami) => {
    const throws = () => {
      throw new Error('mine')
    }
    await using server = await listen(router({ good: (call) => call.noop(), bad: throws }))
    assert.equal(await statusOf(ami, server.port, 'good'), 'SUCCESS')
    assert.equal(await statusOf(ami, server.port, 'bad'), 'FAILURE')
    assert.equal(await statusOf(ami, server.port, 'no/such'), 'FAILURE')
    // AMI may tell of a call's end before its connection has ended
    await server.close()
    const { total, failed, refused } = server.stats()
    assert.deepEqual({ total, failed, refused }, { total: 2, failed: 1, refused: 1 })
  })

  it('a command that failed is a FAILURE, though the handler returns', async (ami) => {
    await using server = await listen((call) => call.streamFile('no/such').catch(() => {}))
    assert.equal(await statusOf(ami, server.port), 'FAILURE')
    // the simulator has every directory
    if (!target.real) return
    let code = ''
    const record: AgiHandler = async (call) => {
      await call.answer()
      const options = { format: 'gsm', maxDuration: 100 }
      code = await call.recordFile('/no/such/place', options).then(
        () => 'recorded',
        (error) => `${error.code} ${error.result}`,
      )
      assert.equal(await call.channelStatus(), 'up')
    }
    await using recorder = await listen(record)
    assert.equal(await statusOf(ami, recorder.port), 'FAILURE')
    assert.equal(code, 'AGI_COMMAND -1')
  })

  it('a server that is full, that does not allow the address, or that is not there, is a FAILURE', async (ami) => {
    let begun = () => {}
    const held = new Promise<void>((resolve) => {
      begun = resolve
    })
    const full = await listen(
      async (call) => {
        begun()
        await once(call.signal, 'abort')
      },
      { maxSessions: 1 },
    )
    await dial(ami, full.port)
    await held
    assert.equal(await statusOf(ami, full.port), 'FAILURE')
    // its end gives the call back that it holds
    const done = nextEvent(ami, 'UserEvent', (event) => event.get('UserEvent') === 'AgiDone', 'AgiDone')
    await full.close({ timeout: 0 })
    assert.equal((await done).get('Status'), 'SUCCESS')
    assert.equal(await statusOf(ami, full.port), 'FAILURE')

    await using strict = await listen((call) => call.noop(), { allow: ['192.0.2.0/24'] })
    assert.equal(await statusOf(ami, strict.port), 'FAILURE')
    assert.equal(strict.stats().refused, 1)
  })

  it('a program that dies in the middle of a call is a SUCCESS', async (ami) => {
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket)
      socket.on('error', () => {})
      void serveAgi(socket, () => {
        socket.resetAndDestroy()
        return forEver()
      }).catch(() => {})
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    assert.equal(await statusOf(ami, (server.address() as { port: number }).port), 'SUCCESS')
    server.close()
  })

  it('a call that was sent elsewhere goes there when its handler has had its time', async (ami) => {
    let began: (channel: string) => void = () => {}
    const channel = new Promise<string>((resolve) => {
      began = resolve
    })
    await using server = await listen(
      (call) => {
        began(call.request.channel)
        return forEver()
      },
      { hangupGrace: 200 },
    )
    await dial(ami, server.port)
    const Channel = await channel
    const there = nextEvent(ami, 'Newexten', (event) => hasComeTo('wait', Channel, event))
    await ami.sendRaw('Redirect', { Channel, Context: 'default', Exten: 'wait', Priority: 1 })
    await there
    assert.equal(server.stats().failed, 1)
    await ami.sendRaw('Hangup', { Channel }, { check: false })
    await server.close({ timeout: 0 })
  })

  it('what a Dial gave can be read when the caller has hung up in it', async (ami) => {
    let status: string | undefined
    await using server = await listen(async (call) => {
      // the Originate's own may be told late
      const ringing = nextEvent(ami, 'DialBegin', (event) => event.get('Channel') === call.request.channel)
      const dialled = call.exec('Dial', ['Local/noanswer@default/n', 30]).catch(() => {})
      await ringing
      await ami.sendRaw('Hangup', { Channel: call.request.channel.replace(/;1$/, ';2') })
      await dialled
      status = await call.getVariable('DIALSTATUS')
    })
    const over = nextEvent(ami, 'VarSet', (event) => event.get('Variable') === 'AGISTATUS', 'AGISTATUS')
    await dial(ami, server.port)
    assert.equal((await over).get('Value'), 'HANGUP')
    assert.equal(status, 'CANCEL')
  })
}
