import type { Duplex } from 'node:stream'
import type { Client } from '../../src/client/client.ts'
import { createClient } from '../../src/client/connect.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import type { Status } from '../../src/link/status.ts'
import { ManualClock } from '../../src/testing/time/manual-clock.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { type Deferred, deferred } from '../../src/util/deferred.ts'
import { Peer } from './peer.ts'

/** A client whose sockets end in {@link Peer}s and whose time stands still. */
export class Rig implements AsyncDisposable {
  readonly clock = new ManualClock()
  readonly peers: Peer[] = []
  readonly client: Client
  /** Everything that `status()` told. */
  readonly statuses: Status[] = []
  #unmet: Peer[] = []
  #waiting: Deferred<Peer>[] = []

  /** @param watch whether somebody reads `status()`. */
  constructor(options: Partial<ClientOptions> = {}, { watch = true } = {}) {
    this.client = createClient({
      name: 'pbx',
      username: 'frank',
      secret: 'lean',
      clock: this.clock,
      random: () => 0,
      socket: () => this.#socket(),
      ...options,
    })
    if (watch) void this.#watch()
  }

  /** The newest socket's other end. */
  get peer(): Peer {
    const peer = this.peers.at(-1)
    if (!peer) throw new Error('no socket was opened')
    return peer
  }

  /** The other end of the next socket that nobody has asked for yet. */
  nextPeer(): Promise<Peer> {
    const peer = this.#unmet.shift()
    if (peer) return Promise.resolve(peer)
    const waiting = deferred<Peer>()
    this.#waiting.push(waiting)
    return waiting.promise
  }

  /** Connects and logs in. */
  async ready(): Promise<Peer> {
    const connected = this.client.connect()
    const peer = await this.nextPeer()
    await peer.accept()
    await connected
    await settle()
    return peer
  }

  /** The types of everything that `status()` told. */
  get told(): string[] {
    return this.statuses.map((status) => status.type)
  }

  /** The last status of a type. */
  last<T extends Status['type']>(type: T): Extract<Status, { type: T }> | undefined {
    return this.statuses.findLast((status): status is Extract<Status, { type: T }> => status.type === type)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy()
    await this.client.closed
  }

  #socket(): Duplex {
    const peer = new Peer()
    this.peers.push(peer)
    const waiting = this.#waiting.shift()
    if (waiting) waiting.resolve(peer)
    else this.#unmet.push(peer)
    return peer.socket
  }

  async #watch(): Promise<void> {
    for await (const status of this.client.status()) this.statuses.push(status)
  }
}

/** Makes a rig whose client is logged in. */
export async function readyRig(options: Partial<ClientOptions> = {}): Promise<Rig> {
  const rig = new Rig(options)
  await rig.ready()
  return rig
}

/** What a promise came to, without a wait: `undefined` while it is pending. */
export function watch<T>(promise: Promise<T>): { value?: T; error?: unknown; done: boolean } {
  const seen: { value?: T; error?: unknown; done: boolean } = { done: false }
  promise.then(
    (value) => Object.assign(seen, { value, done: true }),
    (error) => Object.assign(seen, { error, done: true }),
  )
  return seen
}
