import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** `up` is from the client to the server, `down` the way back. */
export type Direction = 'up' | 'down'

/** How a cut connection ends for the client and the server. */
export type Cut = 'reset' | 'end'

/** Where the relay leads to. */
export interface Upstream {
  readonly host: string
  readonly port: number
}

interface Pace {
  /** Bytes that are forwarded at once, at most. */
  readonly bytes: number
  /** Milliseconds after each such piece. */
  readonly every: number
}

interface Way {
  readonly from: Socket
  readonly to: Socket
  queue: Buffer[]
  /** What `from` did at its end, to be done by `to` once the queue is empty. */
  end: Cut | undefined
  busy: boolean
}

// what one way holds before it stops reading: past it the sender feels the stall
const HELD = 65_536

/** A bad network between a client and a server: one port that forwards to another, and can be told to misbehave. */
export class Relay implements AsyncDisposable {
  /** Connections accepted since the start. */
  accepted = 0
  /** Bytes forwarded. */
  readonly forwarded: Record<Direction, number> = { up: 0, down: 0 }
  /** What becomes of new connections: forwarded, closed with no byte, or held and never answered. */
  admit: 'forward' | 'close' | 'silent' = 'forward'
  readonly #upstream: Upstream
  readonly #server: Server
  readonly #links = new Set<RelayedLink>()
  readonly #unanswered = new Set<Socket>()
  readonly #settings = new Settings()

  private constructor(upstream: Upstream) {
    this.#upstream = upstream
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket))
  }

  /** A relay to this server, on a port of its own. */
  static async start(upstream: Upstream): Promise<Relay> {
    const relay = new Relay(upstream)
    await new Promise<void>((resolve, reject) => {
      relay.#server.once('error', reject)
      relay.#server.listen(0, '127.0.0.1', resolve)
    })
    return relay
  }

  readonly host = '127.0.0.1'

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** How many connections stand. */
  get open(): number {
    return this.#links.size
  }

  /** Stops forwarding one way or both; what is sent waits, here and in the sender's kernel. */
  stall(...ways: Direction[]): void {
    for (const way of ways.length > 0 ? ways : (['up', 'down'] as const)) this.#settings.stalled.add(way)
  }

  /** Forwards again what waits. */
  flow(): void {
    this.#settings.stalled.clear()
    this.#settings.pace = undefined
    this.#settings.bytewise = false
    this.#settings.cut = undefined
    for (const link of this.#links) link.resume()
  }

  /** Every byte from now on goes alone. */
  bytewise(): void {
    this.#settings.bytewise = true
  }

  /** The server's bytes go on at this pace: to the server it is a slow reader. */
  slow(bytes: number, every: number): void {
    this.#settings.pace = { bytes, every }
  }

  /** Ends every connection after so many more bytes of one way. */
  cutAfter(way: Direction, bytes: number, how: Cut = 'reset'): void {
    this.#settings.cut = { way, left: bytes, how }
  }

  /** Resets every connection, both sides. */
  reset(): void {
    for (const link of this.#links) link.cut('reset')
  }

  /** Tells the client that the server says no more (FIN), and goes on forwarding what the client says. */
  halfClose(): void {
    for (const link of this.#links) link.halfClose()
  }

  /** The present connections are forgotten by the network: nothing is forwarded, and nobody is told. */
  vanish(): void {
    for (const link of this.#links) link.vanish()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links) link.destroy()
    for (const socket of this.#unanswered) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #accept(client: Socket): void {
    this.accepted++
    client.on('error', () => {})
    if (this.admit === 'close') {
      client.end()
      client.resume()
      return
    }
    if (this.admit === 'silent') {
      this.#unanswered.add(client)
      client.on('close', () => this.#unanswered.delete(client))
      client.resume()
      return
    }
    const { host, port } = this.#upstream
    const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true })
    const link = new RelayedLink(client, upstream, this.#settings, this.forwarded, () => this.#links.delete(link))
    this.#links.add(link)
  }
}

/** What all connections of a relay go by. */
class Settings {
  readonly stalled = new Set<Direction>()
  bytewise = false
  pace: Pace | undefined
  cut: { way: Direction; left: number; how: Cut } | undefined
}

class RelayedLink {
  readonly #client: Socket
  readonly #server: Socket
  readonly #settings: Settings
  readonly #forwarded: Record<Direction, number>
  readonly #ways: Record<Direction, Way>
  #vanished = false

  constructor(
    client: Socket,
    server: Socket,
    settings: Settings,
    forwarded: Record<Direction, number>,
    gone: () => void,
  ) {
    this.#client = client
    this.#server = server
    this.#settings = settings
    this.#forwarded = forwarded
    this.#ways = { up: way(client, server), down: way(server, client) }
    this.#read('up')
    this.#read('down')
    const closed = () => {
      if (client.destroyed && server.destroyed) gone()
    }
    client.on('close', closed)
    server.on('close', closed)
  }

  resume(): void {
    for (const direction of ['up', 'down'] as const) this.#pump(direction)
  }

  cut(how: Cut): void {
    if (this.#vanished) return
    for (const socket of [this.#client, this.#server]) finish(socket, how)
  }

  halfClose(): void {
    this.#client.end()
  }

  vanish(): void {
    this.#vanished = true
    this.#ways.up.queue = []
    this.#ways.down.queue = []
    // read and thrown away: a network that is gone makes nobody wait for buffer space
    this.#client.resume()
    this.#server.resume()
  }

  destroy(): void {
    this.#client.destroy()
    this.#server.destroy()
  }

  #read(direction: Direction): void {
    const { from } = this.#ways[direction]
    from.on('data', (chunk: Buffer) => {
      if (this.#vanished) return
      this.#ways[direction].queue.push(chunk)
      this.#pump(direction)
      if (held(this.#ways[direction]) > HELD) from.pause()
    })
    from.on('end', () => this.#ended(direction, 'end'))
    from.on('error', () => this.#ended(direction, 'reset'))
  }

  #ended(direction: Direction, how: Cut): void {
    this.#ways[direction].end ??= how
    this.#pump(direction)
  }

  // one piece after the other, each once the one before it has left
  #pump(direction: Direction): void {
    const { queue, from, to, busy, end } = this.#ways[direction]
    const { stalled, pace, cut } = this.#settings
    if (busy || this.#vanished || stalled.has(direction)) return
    let piece = queue.shift()
    if (piece === undefined) {
      if (end) finish(to, end)
      else if (from.isPaused()) from.resume()
      return
    }
    let most = this.#settings.bytewise ? 1 : piece.length
    if (pace && direction === 'down') most = Math.min(most, pace.bytes)
    if (cut?.way === direction) most = Math.min(most, cut.left)
    if (most < piece.length) queue.unshift(piece.subarray(most))
    piece = piece.subarray(0, most)
    this.#forwarded[direction] += piece.length
    if (cut?.way === direction) {
      cut.left -= piece.length
      if (cut.left === 0) {
        this.#settings.cut = undefined
        to.write(piece, () => this.cut(cut.how))
        return
      }
    }
    this.#ways[direction].busy = true
    to.write(piece, () => {
      const next = () => {
        this.#ways[direction].busy = false
        this.#pump(direction)
      }
      if (pace && direction === 'down') setTimeout(next, pace.every)
      else setImmediate(next)
    })
  }
}

function way(from: Socket, to: Socket): Way {
  return { from, to, queue: [], end: undefined, busy: false }
}

function held({ queue }: Way): number {
  let bytes = 0
  for (const chunk of queue) bytes += chunk.length
  return bytes
}

function finish(socket: Socket, how: Cut): void {
  if (socket.destroyed) return
  if (how === 'end') socket.end()
  // libuv refuses to reset what has been ended (uv_tcp_close_reset, EINVAL)
  else if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
