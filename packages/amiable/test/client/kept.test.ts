import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Client } from '../../src/client/client.ts'
import { createClient } from '../../src/client/connect.ts'
import type { AmiEvent } from '../../src/client/types.ts'
import { Scanner } from '../../src/wire/scanner.ts'
import { nothingToScanWith } from '../support/scan.ts'

/*
 * The bytes of all sockets come to lie in one place, and events are read there. So whoever keeps one cuts it out before
 * the next bytes come. Each test keeps events in one way, has other bytes read over theirs, and then asks them.
 */

const ROUNDS = 40

interface Heard {
  readonly name: string
  readonly id: string
  /** Sends messages to who asked. */
  say(...messages: string[]): void
}

/** A manager port on this machine, where a test says what is answered. */
class Manager {
  answer: (heard: Heard) => void = () => {}
  #server: Server
  #sockets = new Set<Socket>()

  constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket))
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Sends messages to everybody. */
  say(...messages: string[]): void {
    for (const socket of this.#sockets) socket.write(messages.join(''), 'latin1')
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    let unread = ''
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
    socket.write('Asterisk Call Manager/11.0.0\r\n')
    socket.on('data', (chunk) => {
      unread += chunk.toString('latin1')
      for (let end = unread.indexOf('\r\n\r\n'); end !== -1; end = unread.indexOf('\r\n\r\n')) {
        const text = unread.slice(0, end + 2)
        unread = unread.slice(end + 4)
        const of = (name: string) => new RegExp(`${name}: (.*)\r\n`).exec(text)?.[1] ?? ''
        const say = (...messages: string[]) => void socket.write(messages.join(''), 'latin1')
        const heard: Heard = { name: of('Action'), id: of('ActionID'), say }
        if (heard.name === 'Challenge') say(reply(heard, 'Challenge: 1'))
        else if (heard.name === 'Login') say(reply(heard), event('FullyBooted', 'Status: Fully Booted'))
        else if (heard.name === 'Ping') say(reply(heard, 'Ping: Pong', 'Timestamp: 1.0'))
        else this.answer(heard)
      }
    })
  }
}

const reply = ({ id }: Heard, ...lines: string[]): string =>
  ['Response: Success', `ActionID: ${id}`, ...lines, '\r\n'].join('\r\n')
const event = (title: string, ...lines: string[]): string =>
  [`Event: ${title}`, 'Privilege: call,all', ...lines, '\r\n'].join('\r\n')
/** As long as each other, so that one lies where the other lay. */
const ring = (who: string, n: number): string =>
  event('Ring', `Channel: PJSIP/${who}-${String(n).padStart(8, '0')}`, `Note: Ren\xc3\xa9e ${who}`)
const row = ({ id }: Heard, n: number): string =>
  ['Event: Status', `ActionID: ${id}`, `Channel: PJSIP/row-${String(n).padStart(8, '0')}`, '\r\n'].join('\r\n')
const list = (heard: Heard, rows: number): string =>
  [
    reply(heard, 'EventList: start'),
    ...Array.from({ length: rows }, (_, n) => row(heard, n)),
    [
      'Event: StatusComplete',
      `ActionID: ${heard.id}`,
      'EventList: Complete',
      `ListItems: ${rows}`,
      `Items: ${rows}`,
      '\r\n',
    ].join('\r\n'),
  ].join('')

describe('an event that is kept', nothingToScanWith, () => {
  const manager = new Manager()
  const other = new Manager()
  const clients: Client[] = []
  let client: Client
  let neighbour: Client
  let port = 0
  let scanned = 0
  const { next } = Scanner.prototype

  const connect = async (port: number): Promise<Client> => {
    const made = createClient({ host: '127.0.0.1', port, username: 'u', secret: 's', reconnect: false })
    clients.push(made)
    await made.connect()
    return made
  }

  before(async () => {
    Scanner.prototype.next = function count(this: Scanner): boolean {
      const more = next.call(this)
      if (more) scanned++
      return more
    }
    port = await manager.listen()
    client = await connect(port)
    neighbour = await connect(await other.listen())
    // what is known is scanned: each kind has come before
    manager.answer = (heard) => heard.say(list(heard, 3))
    await client.sendRaw('Status')
    manager.say(ring('alice', 0))
    await flood()
  })

  after(async () => {
    Scanner.prototype.next = next
    for (const one of clients) one.destroy()
    manager.close()
    other.close()
  })

  /** Has other bytes read over those that came, over both connections. */
  const flood = async (): Promise<void> => {
    const noise = Array.from({ length: 300 }, (_, n) => ring('xxxxx', n)).join('')
    for (const [who, whose] of [
      [manager, client],
      [other, neighbour],
    ] as const) {
      who.say(noise)
      await whose.sendRaw('Ping')
    }
  }

  const check = (events: readonly AmiEvent[], who: string): void => {
    assert.equal(events.length, ROUNDS)
    for (const [n, kept] of events.entries()) {
      const channel = `PJSIP/${who}-${String(n).padStart(8, '0')}`
      assert.equal(kept.Channel, channel)
      assert.equal(kept.get('channel'), channel)
      assert.deepEqual(kept.toJSON(), {
        Event: 'Ring',
        Privilege: 'call,all',
        Channel: channel,
        Note: `Renée ${who}`,
      })
      assert.deepEqual(kept.headers[2], ['Channel', channel])
    }
  }

  const rings = (who: string) => Array.from({ length: ROUNDS }, (_, n) => ring(who, n))
  const names: string = 'Ring'

  test('by a listener says the same later', async () => {
    const kept: AmiEvent[] = []
    const isAlice = (one: AmiEvent) => one.get('Note')?.endsWith('alice') === true
    const listener = client.on(isAlice, (one) => kept.push(one))
    const from = scanned
    manager.say(...rings('alice'))
    await client.sendRaw('Ping')
    assert.ok(scanned - from >= ROUNDS)
    listener.remove()
    await flood()
    check(kept, 'alice')
  })

  test('by a listener that never read it says the same later', async () => {
    const kept: AmiEvent[] = []
    const listener = client.on(names, (one) => kept.push(one))
    manager.say(...rings('bobby'))
    await client.sendRaw('Ping')
    listener.remove()
    await flood()
    check(kept, 'bobby')
  })

  test('in the queue of events() says the same later', async () => {
    const stream = client.events((one) => one.Event === 'Ring')
    manager.say(...rings('carol'))
    await client.sendRaw('Ping')
    await flood()
    const kept: AmiEvent[] = []
    for await (const one of stream) if (kept.push(one) === ROUNDS) break
    check(kept, 'carol')
  })

  test('by a loop that was waiting for it says the same later', async () => {
    const kept: AmiEvent[] = []
    const loop = (async () => {
      for await (const one of client.events(names)) if (kept.push(one) === ROUNDS) break
    })()
    manager.say(...rings('david'))
    await loop
    await flood()
    check(kept, 'david')
  })

  test('behind a listener that takes long says the same later', async () => {
    const kept: AmiEvent[] = []
    const listener = client.on(names, (one) => {
      kept.push(one)
      // longer than one turn of the loop lasts
      if (kept.length === 2) for (const until = performance.now() + 60; performance.now() < until; );
    })
    manager.say(...rings('erica'))
    while (kept.length < ROUNDS) await flood()
    listener.remove()
    check(kept.slice(0, ROUNDS), 'erica')
  })

  test('as the row of a list says the same later', async () => {
    manager.answer = (heard) => heard.say(list(heard, ROUNDS))
    const from = scanned
    const collected = await client.sendRaw('Status')
    assert.ok(scanned - from > ROUNDS)
    const one = client.listRaw('Status')
    const looped: AmiEvent[] = []
    for await (const each of one) {
      if (looped.push(each) === 1) await flood()
    }
    const completion = await one.completion
    await flood()
    for (const rows of [collected.events, looped]) {
      assert.deepEqual(
        rows.map((each) => each.Channel),
        Array.from({ length: ROUNDS }, (_, n) => `PJSIP/row-${String(n).padStart(8, '0')}`),
      )
    }
    assert.equal(completion?.get('ListItems'), `${ROUNDS}`)
    assert.equal(collected.completion?.get('ListItems'), `${ROUNDS}`)
  })

  test('as the outcome of a call says the same later', async () => {
    let dialled = 0
    manager.answer = (heard) => {
      dialled++
      const end = (text: string) =>
        event(
          'OriginateResponse',
          `ActionID: ${heard.id}`,
          'Response: Success',
          `Channel: PJSIP/${text}-1`,
          'Context: default',
          'Exten: 1',
          'Reason: 4',
          'Uniqueid: <unknown>',
          'CallerIDNum: <unknown>',
          'CallerIDName: <unknown>',
        )
      heard.say(reply(heard, 'Message: Originate successfully queued'), end(`call${dialled}`))
    }
    const params = { Channel: 'PJSIP/a', Application: 'Wait', Data: '1' }
    await client.originate(params)
    await flood()
    const from = scanned
    const { event: kept, Channel } = await client.originate(params)
    assert.ok(scanned > from)
    await flood()
    assert.equal(Channel, 'PJSIP/call2-1')
    assert.equal(kept?.get('Channel'), 'PJSIP/call2-1')
    assert.equal(kept?.toJSON().Response, 'Success')
  })

  test('of two clients whose listeners act on each other says the same later', async () => {
    const kept: AmiEvent[] = []
    const answered: Promise<unknown>[] = []
    const mine = client.on(names, (one) => {
      kept.push(one)
      answered.push(neighbour.sendRaw('Ping'))
      other.say(ring('xxxxx', kept.length))
    })
    const theirs = neighbour.on(names, () => {
      answered.push(client.sendRaw('Ping'))
      // what the first client has is asked while the second one reads
      assert.equal(kept.at(-1)?.get('Note'), 'Renée frank')
    })
    manager.say(...rings('frank'))
    while (kept.length < ROUNDS) await client.sendRaw('Ping')
    await Promise.all(answered)
    mine.remove()
    theirs.remove()
    await flood()
    check(kept, 'frank')
  })

  test('by a listener that ends its client says the same later', async () => {
    const last = await connect(port)
    const kept: AmiEvent[] = []
    last.on(names, (one) => {
      if (kept.push(one) === ROUNDS) last.destroy()
    })
    manager.say(...rings('grace'), ...rings('xxxxx'))
    await last.closed
    await flood()
    check(kept.slice(0, ROUNDS), 'grace')
  })
})
