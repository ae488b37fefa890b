import type { Duplex } from 'node:stream'
import type { AmiError } from '../../src/errors.ts'
import { backoffPolicy } from '../../src/link/backoff.ts'
import { Link, type LinkOptions } from '../../src/link/link.ts'
import type { CloseReason, Status } from '../../src/link/status.ts'
import { ManualClock } from '../../src/testing/time/manual-clock.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { defaultLimits } from '../../src/wire/limits.ts'
import { kindOf, type Message, titleOf } from '../../src/wire/message.ts'
import { testOrigin } from './origin.ts'
import { Peer } from './peer.ts'

/** A link whose sockets end in {@link Peer}s, whose time stands still, and which tells a test everything. */
export class LinkRig implements AsyncDisposable {
  readonly clock = new ManualClock()
  readonly peers: Peer[] = []
  readonly statuses: Status[] = []
  readonly messages: Message[] = []
  readonly faults: AmiError[] = []
  readonly reasons: CloseReason[] = []
  /** Everything that the sink was given, in order: what shows that nothing more comes. */
  readonly log: string[] = []
  /** What the link above would be asked. */
  blockedUntil = 0
  inFlight = 0
  onStatus: (status: Status) => void = () => {}
  onMessage: (message: Message) => void = () => {}
  onDrain: () => void = () => this.link.drained()
  readonly link: Link

  constructor(options: Partial<LinkOptions> = {}) {
    const defaultPolicy = backoffPolicy({}, () => 0)
    this.link = new Link(
      {
        source: 'pbx',
        host: 'pbx.example',
        port: 5038,
        tls: false,
        socket: () => this.#socket(),
        encoding: 'utf8',
        limits: defaultLimits,
        intake: testOrigin().intake,
        clock: this.clock,
        username: 'frank',
        secret: () => 'lean',
        auth: 'md5',
        events: 'on',
        connectTimeout: 5_000,
        loginTimeout: 10_000,
        bootTimeout: 60_000,
        keepalive: { interval: 15_000, timeout: 5_000 },
        policy: defaultPolicy,
        defaultPolicy,
        ...options,
      },
      {
        audience: undefined,
        message: (message) => {
          this.messages.push(message)
          this.log.push(`message ${titleOf(message)}`)
          this.onMessage(message)
          return kindOf(message) === 'response'
        },
        expectsRaw: () => false,
        fault: (error) => {
          this.faults.push(error)
          this.log.push(`fault ${error.code}`)
        },
        hold: () => {},
        ready: () => this.log.push('ready'),
        lost: (error) => {
          this.log.push(`lost ${error.code}`)
          return this.inFlight
        },
        drain: () => {
          this.log.push('drain')
          this.onDrain()
        },
        finished: (reason) => {
          this.reasons.push(reason)
          this.log.push('finished')
        },
        status: (status) => {
          this.statuses.push(status)
          this.log.push(`status ${status.type}`)
          this.onStatus(status)
        },
        blockedUntil: () => this.blockedUntil,
        ping: () => {
          this.log.push('ping')
          this.link.write('Action: Ping\r\nActionID: keepalive\r\n\r\n')
          const before = this.messages.length
          return () => this.messages.slice(before).some((message) => kindOf(message) === 'response')
        },
      },
    )
  }

  /** The newest socket's other end. */
  get peer(): Peer {
    const peer = this.peers.at(-1)
    if (!peer) throw new Error('no socket was opened')
    return peer
  }

  /** The types of every status, in order. */
  get told(): string[] {
    return this.statuses.map((status) => status.type)
  }

  /** The last status of a type. */
  last<T extends Status['type']>(type: T): Extract<Status, { type: T }> | undefined {
    return this.statuses.findLast((status): status is Extract<Status, { type: T }> => status.type === type)
  }

  /** Says yes to the newest socket's login. */
  async accept(): Promise<void> {
    await settle()
    await this.peer.accept()
    await settle()
  }

  /** Connects and logs in. */
  async ready(): Promise<Peer> {
    this.link.connect()
    await this.accept()
    return this.peer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.link.destroy()
    await settle()
  }

  #socket(): Duplex {
    const peer = new Peer()
    this.peers.push(peer)
    return peer.socket
  }
}
