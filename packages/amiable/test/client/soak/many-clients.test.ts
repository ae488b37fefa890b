import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Client } from '../../../src/client/client.ts'
import { createClient } from '../../../src/client/connect.ts'
import type { AmiEvent } from '../../../src/client/types.ts'
import type { Encoding } from '../../../src/util/text.ts'

/*
 * Many clients of one process, whose bytes come in pieces of any size and in turns. Every header of every event says
 * whose it is, and the how manyth: so none can be lost, come twice, or have a value of another without being found.
 */

const ROUNDS = 40
const EVENTS = 1_500
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)

/** Returns the next numbers of a row that looks like chance, each below `end`. */
function chance(seed: number): (end: number) => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1
  return (end) => {
    for (const bits of [13, -17, 5]) state = (state ^ (bits > 0 ? state << bits : state >>> -bits)) >>> 0
    return state % end
  }
}

const mixed = (...parts: number[]) => parts.reduce((sum, part) => Math.imul(sum ^ part, 0x5bd1e995) >>> 5, 0x1234567)

function textOf(id: number, n: number, place: number): string {
  const mark = `${id}:${n}:${place}`
  const one = mixed(id, n, place)
  const kinds = ['', mark, 'caf\xc3\xa9', `caf\xc3\xa9 ${mark}`, `${'x'.repeat(one % 90)}${mark}`, `same ${place}`]
  return one % 211 === 0 ? 'L'.repeat(one % 5_000) + mark : (kinds[one % kinds.length] as string)
}

/** The headers of an event, as they stand on the wire. */
function headersOf(id: number, n: number): [name: string, value: string][] {
  const shape = mixed(n % 23)
  const own = Array.from({ length: shape % 13 }, (_, place): [string, string] => [
    `K${(shape % 7) + place}`,
    textOf(id, n, place),
  ])
  const odd: [string, string][] = mixed(id, n) % 31 === 0 ? [['Odd', 'a\nb']] : []
  return [['Event', `Soak${shape % 5}`], ['Id', `${id}`], ['N', `${n}`], ...own, ...odd]
}

function check(event: AmiEvent, id: number, n: number, encoding: Encoding, how: number): void {
  const meant = ([name, value]: [string, string]) => [name, Buffer.from(value, 'latin1').toString(encoding)]
  const wanted = headersOf(id, n).map(meant) as [string, string][]
  assert.equal(`${event.get('id')} ${event.N}`, `${id} ${n}`, `seed ${SEED}`)
  if (how % 3 === 0) assert.deepEqual(event.headers, wanted)
  else if (how % 3 === 1) assert.deepEqual(event.toJSON(), Object.fromEntries(wanted))
  else for (const [name, value] of wanted) assert.equal(event.get(name), value)
}

/** A client that checks what it hears, each in a way of its own. */
class Reader {
  readonly client: Client
  readonly #id: number
  readonly #encoding: Encoding
  #kept: AmiEvent[] = []
  #heard = 0
  #loop: Promise<void>
  #left: Buffer = Buffer.alloc(0)
  #sent = 0

  constructor(id: number, port: number, next: (end: number) => number) {
    this.#id = id
    this.#encoding = next(2) === 0 ? 'utf8' : 'latin1'
    const socket = next(2) === 0 ? { socket: () => connect(port, '127.0.0.1') } : {}
    const account = { username: 'u', secret: 's', auth: 'plain' as const, keepalive: false as const }
    this.client = createClient({ host: '127.0.0.1', port, encoding: this.#encoding, ...account, ...socket })
    const way = next(4)
    this.client.on('*', async (event) => {
      const n = this.#heard++
      if (way === 0) check(event, id, n, this.#encoding, n)
      else this.#kept.push(event)
      if (way !== 1) return
      await turn()
      check(event, id, n, this.#encoding, n)
    })
    this.#loop = this.#iterate(way === 2 ? 0 : 50)
  }

  async #iterate(pause: number): Promise<void> {
    let n = 0
    for await (const event of this.client.events('*', { capacity: EVENTS })) {
      check(event, this.#id, n, this.#encoding, ++n)
      if (n % pause === 0) await turn()
    }
  }

  get isDone(): boolean {
    return this.#heard === EVENTS
  }

  /** Returns the next piece of its stream; undefined where nothing is left. */
  piece(size: number, more: number): Buffer | undefined {
    if (this.#left.length === 0) {
      const until = Math.min(EVENTS, this.#sent + more)
      let text = ''
      for (; this.#sent < until; this.#sent++) {
        const lines = headersOf(this.#id, this.#sent).map(([name, value]) => `${name}: ${value}\r\n`)
        text += `${lines.join('')}\r\n`
      }
      this.#left = Buffer.from(text, 'latin1')
    }
    const piece = this.#left.subarray(0, size)
    this.#left = this.#left.subarray(size)
    return piece.length === 0 ? undefined : piece
  }

  async end(): Promise<void> {
    this.client.destroy()
    await this.#loop
    this.#kept.forEach((event, n) => void check(event, this.#id, n, this.#encoding, n))
  }
}

let server: Server
const sockets: Socket[] = []

before(async () => {
  server = createServer({ noDelay: true }, (socket) => {
    socket.write('Asterisk Call Manager/11.0.0\r\n')
    socket.on('error', () => {})
    socket.on('data', (text) => {
      for (const [, id] of `${text}`.matchAll(/^ActionID: (.*)\r$/gm)) {
        socket.write(`Response: Success\r\nActionID: ${id}\r\n\r\n`)
      }
      if (`${text}`.includes('Login')) sockets.push(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

after(() => server.close())

test('no event of many clients is lost, comes twice or has a value of another', async (t) => {
  t.diagnostic(`SEED=${SEED}`)
  const { port } = server.address() as AddressInfo
  const next = chance(SEED)
  for (let round = 0; round < ROUNDS; round++) {
    sockets.length = 0
    const readers: Reader[] = []
    for (let id = 0; id < 2 + next(5); id++) {
      readers.push(new Reader(round * 100 + id, port, next))
      await readers.at(-1)?.client.connect()
    }
    const sizes = [32_768, 1 + next(60), 1 + next(70_000), 1_460, 1 + next(3_000)]
    const most = sizes[round % sizes.length] as number
    for (let open = [...readers.keys()]; open.length > 0; ) {
      const which = open[next(open.length)] as number
      const piece = readers[which]?.piece(Math.max(1, most - next(3)), 1 + next(200))
      if (piece === undefined) open = open.filter((one) => one !== which)
      else sockets[which]?.write(piece)
      if (next(3) === 0) await turn()
    }
    while (!readers.every(({ isDone }) => isDone)) await turn()
    for (const reader of readers) await reader.end()
    for (const socket of sockets) socket.destroy()
  }
})
