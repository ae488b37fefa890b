// Network namespaces on a bridge of the machine: gateways and nodes of NATS each have an address of their own, and what
// two of them send each other can be lost without a word. Root is needed.
import { execFileSync } from 'node:child_process'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Target } from '../../targets.ts'

/** What it is called, and the beginning of its addresses: two at once need two of each. */
const USUAL = { bridge: 'amf', net: '10.213.7' }
/** Nobody has it, so what goes there is lost. */
const NOBODY = '02:00:00:00:00:01'

/** Where a program runs. */
export interface Place {
  readonly host: string
  readonly launcher: readonly string[]
}

/** Says why this machine cannot have a network for tests, or nothing. */
export function networkObstacle(): string | undefined {
  try {
    ip('netns', 'add', `${USUAL.bridge}-try`)
    ip('netns', 'del', `${USUAL.bridge}-try`)
    return undefined
  } catch {
    return 'network namespaces need root and the program ip'
  }
}

/** Places that can be cut off from each other. */
export class Network {
  /** The address of this machine. */
  readonly host: string
  readonly #names: readonly string[]
  readonly #bridge: string
  readonly #net: string
  readonly #proxies: Server[] = []
  readonly #sockets = new Set<Socket>()

  constructor(names: readonly string[], { bridge, net } = USUAL) {
    this.#names = names
    this.#bridge = bridge
    this.#net = net
    this.host = `${net}.1`
    this.#remove()
    ip('link', 'add', bridge, 'type', 'bridge')
    ip('link', 'set', bridge, 'up')
    ip('addr', 'add', `${this.host}/24`, 'dev', bridge)
    for (const name of names) {
      const space = this.#spaceOf(name)
      ip('netns', 'add', space)
      ip('link', 'add', `v${space}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space)
      ip('link', 'set', `v${space}`, 'master', bridge, 'up')
      ip('-n', space, 'addr', 'add', `${this.#addressOf(name)}/24`, 'dev', 'eth0')
      for (const device of ['eth0', 'lo']) ip('-n', space, 'link', 'set', device, 'up')
    }
  }

  place(name: string): Place {
    return { host: this.#addressOf(name), launcher: ['ip', 'netns', 'exec', this.#spaceOf(name)] }
  }

  /**
   * Gives a server of this machine an address that all places reach; `asterisk` is its name for cuts.
   * @param at the port, where any will not do
   */
  async open<T extends Pick<Target, 'host' | 'port'>>(target: T, at = 0): Promise<T> {
    const server = createServer((socket) => {
      const other = connect(target.port, target.host)
      for (const [one, two] of [
        [socket, other],
        [other, socket],
      ] as const) {
        this.#sockets.add(one)
        one
          .on('error', () => {})
          .on('close', () => {
            this.#sockets.delete(one)
            two.destroy()
          })
        one.pipe(two)
      }
    })
    this.#proxies.push(server)
    await new Promise<void>((resolve) => server.listen(at, this.host, resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    return { ...target, host: this.host, port }
  }

  /** From now on nothing that one sends reaches the other. */
  cut(one: string, other: string): void {
    this.#point(one, other, NOBODY)
    this.#point(other, one, NOBODY)
  }

  mend(one: string, other: string): void {
    this.#point(one, other, undefined)
    this.#point(other, one, undefined)
  }

  close(): void {
    for (const server of this.#proxies) server.close()
    for (const socket of this.#sockets) socket.destroy()
    this.#remove()
  }

  #point(from: string, to: string, place: string | undefined): void {
    const inside = from === 'asterisk' ? [] : ['-n', this.#spaceOf(from)]
    const device = from === 'asterisk' ? this.#bridge : 'eth0'
    const address = this.#addressOf(to)
    if (place) ip(...inside, 'neigh', 'replace', address, 'lladdr', place, 'nud', 'permanent', 'dev', device)
    else ip(...inside, 'neigh', 'del', address, 'dev', device)
  }

  #addressOf(name: string): string {
    return name === 'asterisk' ? this.host : `${this.#net}.${this.#names.indexOf(name) + 2}`
  }

  #remove(): void {
    for (const name of this.#names) tryIp('netns', 'del', this.#spaceOf(name))
    tryIp('link', 'del', this.#bridge)
  }

  #spaceOf(name: string): string {
    return `${this.#bridge}-${name}`
  }
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function tryIp(...words: string[]): void {
  try {
    ip(...words)
  } catch {
    // it was not there
  }
}
