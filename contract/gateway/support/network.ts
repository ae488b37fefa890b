// Network namespaces on a bridge of the machine: gateways and nodes of NATS each have an address of their own, and what
// two of them send each other can be lost without a word. Root is needed.
import { execFileSync } from 'node:child_process'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Target } from '../../targets.ts'

const BRIDGE = 'amf'
const NET = '10.213.7'
const HOST = `${NET}.1`
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
    ip('netns', 'add', `${BRIDGE}-try`)
    ip('netns', 'del', `${BRIDGE}-try`)
    return undefined
  } catch {
    return 'network namespaces need root and the program ip'
  }
}

/** Places that can be cut off from each other. */
export class Network {
  readonly #names: readonly string[]
  readonly #proxies: Server[] = []
  readonly #sockets = new Set<Socket>()

  constructor(names: readonly string[]) {
    this.#names = names
    this.#remove()
    ip('link', 'add', BRIDGE, 'type', 'bridge')
    ip('link', 'set', BRIDGE, 'up')
    ip('addr', 'add', `${HOST}/24`, 'dev', BRIDGE)
    for (const name of names) {
      const space = spaceOf(name)
      ip('netns', 'add', space)
      ip('link', 'add', `v${space}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space)
      ip('link', 'set', `v${space}`, 'master', BRIDGE, 'up')
      ip('-n', space, 'addr', 'add', `${this.#addressOf(name)}/24`, 'dev', 'eth0')
      for (const device of ['eth0', 'lo']) ip('-n', space, 'link', 'set', device, 'up')
    }
  }

  place(name: string): Place {
    return { host: this.#addressOf(name), launcher: ['ip', 'netns', 'exec', spaceOf(name)] }
  }

  /** Gives a server of this machine an address that all places reach; `asterisk` is its name for cuts. */
  async open(target: Target): Promise<Target> {
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
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    return { ...target, host: HOST, port }
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
    const inside = from === 'asterisk' ? [] : ['-n', spaceOf(from)]
    const device = from === 'asterisk' ? BRIDGE : 'eth0'
    const address = this.#addressOf(to)
    if (place) ip(...inside, 'neigh', 'replace', address, 'lladdr', place, 'nud', 'permanent', 'dev', device)
    else ip(...inside, 'neigh', 'del', address, 'dev', device)
  }

  #addressOf(name: string): string {
    return name === 'asterisk' ? HOST : `${NET}.${this.#names.indexOf(name) + 2}`
  }

  #remove(): void {
    for (const name of this.#names) tryIp('netns', 'del', spaceOf(name))
    tryIp('link', 'del', BRIDGE)
  }
}

function spaceOf(name: string): string {
  return `${BRIDGE}-${name}`
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
