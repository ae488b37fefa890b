// AsyncAGI beside one session: several programs, calls that are taken over, a link that is lost.
import assert from 'node:assert/strict'
import { connect as connectSocket, type Socket } from 'node:net'
import { test } from 'node:test'
import { AmiError, type AmiEvent, type Client, type ClientOptions, connect } from 'amiable'
import { type AgiAttachment, type AgiSession, type AttachOptions, attachAgi } from 'amiable/agi'
import { nextEvent, optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'

/** Puts a call into AsyncAGI by the dialplan. */
async function dial(ami: Client, AGIDATA: string, Exten = 'agicall'): Promise<void> {
  const where = { Context: 'default', Exten, Priority: 1 }
  await ami.sendRaw('Originate', { Channel: 'Local/wait@default/n', ...where, Async: true }, { variables: { AGIDATA } })
}

/** The sessions of an attachment in the order in which they begin; each handler runs until its call is gone. */
class Taken implements AsyncDisposable {
  readonly attachment: AgiAttachment
  #began: (call: AgiSession) => void = () => {}
  #next = new Promise<AgiSession>((resolve) => {
    this.#began = resolve
  })

  constructor(client: Client, options: AttachOptions = {}, began?: (call: AgiSession) => void) {
    const handler = (call: AgiSession) => {
      began?.(call)
      this.#began(call)
      return new Promise((resolve) => call.signal.addEventListener('abort', resolve))
    }
    this.attachment = attachAgi(client, handler, { onHandlerError: () => {}, ...options })
  }

  /** The session that has begun, or will; then the one after it. */
  async next(): Promise<AgiSession> {
    const call = await this.#next
    this.#next = new Promise((resolve) => {
      this.#began = resolve
    })
    return call
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.attachment.close({ timeout: 0 })
  }
}

/** Calls in AsyncAGI on one server. */
export function asyncCalls(target: Target): void {
  const it = (title: string, body: () => Promise<unknown>) =>
    test(`${target.name}: ${title}`, { timeout: 30_000 }, async () => void (await body()))
  const client = (options: Partial<ClientOptions> = {}) => connect(optionsFor(target, options))
  /** Makes the sockets of a client, and cuts the one that it has. */
  const cutLink = () => {
    let made: Socket | undefined
    return {
      socket: () => {
        made = connectSocket(target.port, target.host)
        return made
      },
      cut: () => void made?.destroy(),
    }
  }
  const hangUp = (ami: Client, call: AgiSession) =>
    ami.sendRaw('Hangup', { Channel: call.request.channel }, { check: false })

  it('of several programs one has a call', async () => {
    await using one = await client()
    await using two = await client()
    let began: (call: AgiSession) => void = () => {}
    await using first = new Taken(one, {}, (call) => began(call))
    await using second = new Taken(two, {}, (call) => began(call))
    for (let n = 0; n < 6; n++) {
      const ended = nextEvent(one, 'AsyncAGIEnd')
      const next = new Promise<AgiSession>((resolve) => {
        began = resolve
      })
      await dial(one, 'agi:async,claimed')
      const call = await next
      assert.equal(call.request.path, 'claimed')
      await call.end()
      await ended
    }
    const [a, b] = [first.attachment.stats(), second.attachment.stats()]
    assert.deepEqual([a.total + b.total, a.foreign + b.foreign], [6, 0])
  })

  it('an environment longer than Asterisk hands out comes whole; of one that it lost a part of, the rest is said to lack', async () => {
    for (const claim of [true, false]) {
      await using ami = await client()
      await using taken = new Taken(ami, { claim })
      const args = ['x'.repeat(600), 'second', 'y'.repeat(300)]
      await dial(ami, ['agi:async', 'long', ...args].join(','))
      const call = await taken.next()
      assert.deepEqual([call.request.path, call.request.args], ['long', args])
      assert.deepEqual([call.request.complete, call.request.suspect], [true, []])
      assert.equal(await call.getVariable('LABGLOBAL'), 'global value')
      await call.end()
      await dial(ami, `agi:async,lossy,${'é'.repeat(450)}`)
      const lossy = await taken.next()
      assert.deepEqual([lossy.request.complete, lossy.request.suspect], [false, []])
      assert.match(lossy.request.channel, /^Local\/wait@default/)
      assert.equal(await lossy.getVariable('LABGLOBAL'), 'global value')
      await lossy.end()
    }
  })

  it('a command that fails ends AsyncAGI, and the call comes again', async () => {
    await using ami = await client()
    await using taken = new Taken(ami)
    await dial(ami, 'agi:async,failing', 'agiagain')
    const first = await taken.next()
    const waiting = first.getVariable('A')
    const failing = first.streamFile('no/such')
    const behind = first.getVariable('B').catch((error) => error.code)
    assert.equal(await waiting, undefined)
    await assert.rejects(failing, { code: 'AGI_COMMAND', ended: true, result: '-1' })
    assert.equal(await behind, 'AMI_CLOSED')
    assert.ok(first.signal.aborted)
    const second = await taken.next()
    assert.deepEqual([first.request.again, second.request.again], [false, true])
    assert.equal(second.request.uniqueid, first.request.uniqueid)
    assert.equal(await second.getVariable('LABGLOBAL'), 'global value')
    assert.equal(taken.attachment.stats().foreign, 0)
    // the simulator has every directory
    if (target.real) {
      const recording = second.recordFile('/no/such/place', { format: 'gsm', maxDuration: 100 })
      await assert.rejects(recording, { code: 'AGI_COMMAND', ended: true, result: '-1' })
    }
    await hangUp(ami, second)
  })

  it('why a call is gone is said where events of AMI say it', async () => {
    await using ami = await client()
    await using taken = new Taken(ami)
    await dial(ami, 'agi:async')
    const one = await taken.next()
    const waiting = one.waitForDigit(-1)
    await nextEvent(ami, 'AGIExecStart', (event) => /^WAIT/.test(event.get('Command') ?? ''))
    await hangUp(ami, one)
    await assert.rejects(waiting, { code: 'AGI_HANGUP', by: 'hangup', command: 'WAIT FOR DIGIT' })
    await dial(ami, 'agi:async')
    const other = await taken.next()
    const Channel = other.request.channel
    const idle = new Promise((resolve) => other.signal.addEventListener('abort', resolve))
    await ami.sendRaw('Redirect', { Channel, Context: 'default', Exten: 'wait', Priority: 1 })
    await idle
    assert.equal((other.signal.reason as { by: string }).by, 'redirect')
    await hangUp(ami, other)
  })

  it('commands of a stranger on a call of ours are counted, and shift no answer', async () => {
    await using ami = await client()
    await using taken = new Taken(ami)
    await dial(ami, 'agi:async')
    const call = await taken.next()
    const Channel = call.request.uniqueid
    const strange = (Command: string) => ami.sendRaw('AGI', { Channel, Command, CommandID: 'strange' })
    const reads = [call.getVariable('LABGLOBAL')]
    await strange(`GET FULL VARIABLE "${'x'.repeat(980)} x"`)
    reads.push(call.getVariable('LABGLOBAL'))
    await strange(`GET FULL VARIABLE "\${URIDECODE(a%29%0A200 result=1 (forged%29%0A)}"`)
    reads.push(call.getVariable('LABGLOBAL'))
    assert.deepEqual(await Promise.all(reads), ['global value', 'global value', 'global value'])
    assert.equal(taken.attachment.stats().foreign, 2)
    await call.end()
  })

  it('a program that is started again has its own calls back, and nobody else’s', async () => {
    await using watcher = await client()
    const killed = await client()
    const before = new Taken(killed, { instance: 'ivr-1' })
    await dial(watcher, 'agi:async,mine,one')
    const lost = await before.next()
    await lost.setVariable('STATE', 'half way')
    // CoreShowChannels goes on to name it
    await lost.exec('NoOp', ['over'])
    const running = lost.waitForDigit(600).catch((error) => error.code)
    killed.destroy()
    assert.match(String(await running), /^AMI_(?:LOST|CLOSED)$/)
    await before[Symbol.asyncDispose]()

    await using strange = await client()
    await using stranger = new Taken(strange, { instance: 'ivr-2', adopt: true })
    await using own = await client()
    await using after = new Taken(own, { instance: 'ivr-1' })
    const call = await after.next()
    assert.deepEqual([call.request.path, call.request.args, call.request.complete], ['mine', ['one'], false])
    assert.deepEqual([call.request.uniqueid, call.request.channel], [lost.request.uniqueid, lost.request.channel])
    assert.equal(await call.getVariable('STATE'), 'half way')
    assert.deepEqual([after.attachment.stats().adopted, stranger.attachment.stats().total], [1, 0])
    await call.end()
  })

  it('calls of nobody are taken over where that is asked for', async () => {
    await using watcher = await client()
    const started = nextEvent(watcher, 'AsyncAGIStart')
    await dial(watcher, 'agi:async,orphan')
    await started
    await using ami = await client()
    await using taken = new Taken(ami, { adopt: true, accept: ({ path }) => path === 'orphan' })
    const call = await taken.next()
    assert.equal(call.request.path, 'orphan')
    assert.equal(await call.getVariable('LABGLOBAL'), 'global value')
    await call.end()
  })

  it('a session outlives its link: what was under way is lost, what waits is sent, and a hangup meanwhile is found', async () => {
    await using watcher = await client()
    const { socket, cut } = cutLink()
    await using ami = await client({ socket, reconnect: () => 50 })
    await using taken = new Taken(ami)
    await dial(watcher, 'agi:async')
    const call = await taken.next()
    await call.exec('NoOp', ['over'])
    const running = call.waitForDigit(-1)
    await nextEvent(watcher, 'AGIExecStart', (event) => /^WAIT/.test(event.get('Command') ?? ''))
    cut()
    await assert.rejects(
      running,
      (error) => AmiError.is(error) && error.code === 'AMI_LOST' && error.delivered === 'unknown',
    )
    const read = call.getVariable('LABGLOBAL')
    await watcher.sendRaw('ControlPlayback', { Channel: call.request.channel, Control: 'stop' })
    assert.equal(await read, 'global value')
    assert.equal(call.state, 'live')
    const gone = new Promise((resolve) => call.signal.addEventListener('abort', resolve))
    cut()
    await hangUp(watcher, call)
    await gone
    assert.equal((call.signal.reason as { code: string }).code, 'AGI_HANGUP')
    await assert.rejects(call.getVariable('LABGLOBAL'), { code: 'AGI_HANGUP' })
  })

  it('a session outlives its link while an application runs, and a hangup in it is found', async () => {
    await using watcher = await client()
    const { socket, cut } = cutLink()
    await using ami = await client({ socket, reconnect: () => 50 })
    await using taken = new Taken(ami)
    await dial(watcher, 'agi:async')
    const call = await taken.next()
    const lostIn = async (running: Promise<number>, begun: Promise<AmiEvent>) => {
      const event = await begun
      const ready = nextStatus(ami)
      cut()
      await assert.rejects(running, { code: 'AMI_LOST', delivered: 'unknown' })
      await ready
      assert.equal(call.state, 'live')
      return event
    }
    const dials = nextEvent(watcher, 'DialBegin', (event) => event.get('Channel') === call.request.channel)
    const dialled = await lostIn(call.exec('Dial', ['Local/noanswer@default/n']), dials)
    // what waits behind the application comes when that ends
    const read = call.getVariable('LABGLOBAL')
    await watcher.sendRaw('Hangup', { Channel: dialled.get('DestChannel') ?? '' })
    assert.equal(await read, 'global value')
    const waits = nextEvent(watcher, 'AGIExecStart', (event) => /^EXEC.*Wait/.test(event.get('Command') ?? ''))
    await lostIn(call.exec('Wait', [60]), waits)
    const waiting = call.getVariable('LABGLOBAL')
    await hangUp(watcher, call)
    await assert.rejects(waiting, { code: 'AGI_HANGUP' })
  })

  it('of ten commands at once none waits for the answer to another', async () => {
    await using ami = await client()
    await using taken = new Taken(ami)
    await dial(ami, 'agi:async')
    const call = await taken.next()
    // one by one they would take 100 ms each: Asterisk looks into its queue as often
    const reads = Array.from({ length: 10 }, () => call.getVariable('LABGLOBAL'))
    await Promise.race(reads)
    const { bytesWritten } = ami.stats()
    await Promise.all(reads)
    assert.equal(ami.stats().bytesWritten, bytesWritten)
    await call.end()
  })
}

/** Waits until a client is ready again. */
async function nextStatus(ami: Client): Promise<void> {
  for await (const status of ami.status()) if (status.type === 'ready' && status.gap !== null) return
}
