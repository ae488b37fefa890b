import type { Socket } from 'node:net'
import type { SessionControl, User } from '../actions/context.ts'
import type { Faults } from '../faults/faults.ts'
import { TlsReadStall } from '../faults/tls-read-stall.ts'
import { EventFilters, type SimulatedEvent } from '../protocol/event-filters.ts'
import { type Incoming, InputReader } from '../protocol/input.ts'
import { Output } from '../protocol/output.ts'
import { ALL_PRIVILEGES } from '../protocol/privileges.ts'
import { ReceivedAction } from '../protocol/received-action.ts'

/** What a session needs of its server. */
export interface SessionHost {
  readonly faults: Faults
  now(): number
  /** Runs an action; a promise while it blocks the session. */
  perform(session: Session, action: ReceivedAction, problem: Incoming['problem']): void | Promise<void>
  after(ms: number, callback: () => void): () => void
  ended(session: Session): void
}

/** One connection: a thread of manager.c that reads an action, runs it, and only then sends events and reads on. */
export class Session implements SessionControl {
  readonly id: number
  readonly output: Output
  readonly secure: boolean
  readonly challenge: string
  readonly localAddress: string
  readonly remoteAddress: string
  filters = new EventFilters()
  mask = ALL_PRIVILEGES
  #host: SessionHost
  #user: User | undefined
  #reader = new InputReader()
  #stall: TlsReadStall | undefined
  #queue: Incoming[] = []
  #held: string[] = []
  #busy = false
  #ending = false
  #mute = false
  #waiting: SimulatedEvent[] = []
  #wake: (() => void) | undefined
  #cancelAuth: (() => void) | undefined

  constructor(host: SessionHost, socket: Socket, id: number, secure: boolean, challenge: string) {
    this.#host = host
    this.id = id
    this.secure = secure
    this.challenge = challenge
    const transport = secure ? 'TLS' : 'TCP'
    this.localAddress = `IPV4/${transport}/${address(socket.localAddress)}/${socket.localPort ?? 0}`
    this.remoteAddress = `IPV4/${transport}/${address(socket.remoteAddress)}/${socket.remotePort ?? 0}`
    this.output = new Output(socket, () => host.faults.output)
    socket.on('data', (chunk: Buffer) => this.#data(chunk))
    socket.on('end', () => this.output.end())
    // Node's TLS leaves a socket open whose record cannot be read
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#closed())
  }

  get user(): User | undefined {
    return this.#user
  }

  get socket(): Socket {
    return this.output.socket
  }

  /** Begins the session: the banner is the server's matter. */
  begin(authTimeout: number): void {
    this.#cancelAuth = this.#host.after(authTimeout, () => {
      if (this.#user === undefined) this.socket.destroy()
    })
  }

  /** Stops the answers: nothing that comes from now on is answered. */
  silence(): void {
    this.#mute = true
  }

  /** Serves it no more, and leaves it open. */
  strand(): void {
    this.#cancelAuth?.()
    this.#mute = true
    this.#queue.length = 0
    this.output.mute()
  }

  login(user: User): void {
    this.#cancelAuth?.()
    this.#user = user
    this.filters = new EventFilters()
    for (const filter of user.eventFilters) this.filters.add(filter)
  }

  write(text: string): void {
    this.output.write(text)
  }

  end(): void {
    this.#ending = true
    if (!this.#busy) this.output.end()
  }

  /** Offers an event: sent at once, or behind the action that runs. */
  offer(event: SimulatedEvent): void {
    if (this.#user === undefined && !this.#busy) return
    if (this.#busy) {
      this.#waiting.push(event)
      if (this.#wake !== undefined && this.#wants(event)) this.#wake()
    } else if (this.#wants(event)) this.output.write(event.text)
  }

  /** Whether an event would be sent: the user's rights, the mask, the filters. */
  #wants(event: SimulatedEvent): boolean {
    const { category } = event
    if (this.#user === undefined) return false
    if ((this.#user.read & category) !== category || (this.mask & category) !== category) return false
    return this.filters.passes(event)
  }

  takeEvents(): string[] {
    const texts = this.#waiting.filter((event) => this.#wants(event)).map((event) => event.text)
    this.#waiting = []
    return texts
  }

  waitEvent(ms: number): Promise<void> {
    if (this.#waiting.some((event) => this.#wants(event))) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#host.after(ms, () => this.#wake?.())
      this.#wake = () => {
        this.#wake = undefined
        cancel()
        resolve()
      }
    })
  }

  /** Takes the new settings of output: a stall began or ended. */
  changed(): void {
    if (this.#host.faults.output.stalled) {
      this.socket.pause()
      return
    }
    this.socket.resume()
    this.output.flush()
    for (const text of this.#held.splice(0)) this.#read(text)
  }

  #data(chunk: Buffer): void {
    if (this.#mute) return
    const text = chunk.toString('latin1')
    if (this.#host.faults.output.stalled) {
      this.#held.push(text)
      return
    }
    if (this.#stall !== undefined || (this.secure && this.#host.faults.is('tlsReadStall'))) {
      this.#stall ??= new TlsReadStall((bytes) => this.#read(bytes))
      this.#stall.record(text)
      return
    }
    this.#read(text)
  }

  #read(text: string): void {
    this.#wake?.()
    const incoming = this.#reader.push(text)
    if (incoming.length === 0) return
    this.#queue.push(...incoming)
    this.#next()
  }

  #next(): void {
    while (!this.#busy && !this.#ending) {
      const incoming = this.#queue.shift()
      if (incoming === undefined) return
      const action = new ReceivedAction(incoming.lines, this.id, this.#user?.name ?? '', this.#host.now())
      this.#busy = true
      const blocking = this.#host.perform(this, action, incoming.problem)
      if (blocking === undefined) this.#done(action)
      else {
        void blocking.then(() => {
          this.#done(action)
          this.#next()
        })
        return
      }
    }
  }

  #done(action: ReceivedAction): void {
    this.#busy = false
    if (this.#ending) {
      this.output.end()
      return
    }
    // process_message sends what waits, unless the action asks it not to: then it goes out before the next line is read
    if (action.header('SuppressEvents') !== '' && this.#queue.length > 0) return
    if (this.#waiting.length > 0) for (const text of this.takeEvents()) this.output.write(text)
  }

  #closed(): void {
    this.#cancelAuth?.()
    this.#ending = true
    this.#queue.length = 0
    this.#waiting.length = 0
    this.#wake?.()
    this.#host.ended(this)
  }
}

function address(ip: string | undefined): string {
  return (ip ?? '').replace(/^::ffff:/, '')
}
