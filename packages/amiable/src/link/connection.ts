import type { Duplex } from 'node:stream'
import type { Clock } from '../util/clock.ts'
import type { LateSet } from '../util/late.ts'
import type { TapListener } from '../util/tap.ts'
import { bytesToText, type Encoding } from '../util/text.ts'
import { Decoder, type DecoderSink } from '../wire/decoder.ts'
import type { Intake } from '../wire/intake.ts'
import { type Limits, limitsBeforeLogin } from '../wire/limits.ts'
import type { Origin } from '../wire/origin.ts'
import type { Arriving } from './keepalive.ts'
import { Outbox, type OutboxHost, type QueuedWrite } from './outbox.ts'
import { callsBack, explain, hasRead, isTls, openSocket, type TransportOptions, whenOpen } from './transport.ts'

/** What a {@link Connection} is made from. */
export interface ConnectionOptions extends TransportOptions {
  readonly source: string
  readonly encoding: Encoding
  readonly limits: Limits
  /** What takes in the messages that follow the login. */
  readonly intake: Intake
  readonly clock: Clock
}

/** What a {@link Connection} reports; nothing more once it has been dropped. */
export interface ConnectionSink extends DecoderSink {
  opened(): void
  /** Reports that the other side ended it, or that the socket failed; `why` is for people. */
  ended(why: string, cause: Error | undefined): void
}

/*
 * libuv reads a socket up to 32 times in one turn of the event loop. A server can send what takes long to read and to
 * deliver. So the rest of the loop gets its turn after this many milliseconds: Asterisk by default gives a reader 100.
 */
const TURN = 20
// what is less is the last that came for now
const MORE_BYTES = 4_096

/** Under which a socket has its connection: what listens to the one is called with the socket as `this`. */
const CONNECTION = Symbol('connection')
type Connected = { [CONNECTION]: Connection }

/** A socket from its opening to its end. */
export class Connection implements OutboxHost {
  /** When the last bytes came. */
  heard: number
  /** Bytes received. */
  bytesRead = 0
  /** Which of its link's connections it is for those who listen to its bytes, from 1. */
  session = 0
  #options: ConnectionOptions
  #sink: ConnectionSink
  #socket: Duplex
  #outbox: Outbox
  #decoder: Decoder
  #taps: LateSet<TapListener>
  #dropped = false
  #epoch = 0
  /** How many bytes of the message in progress are counted as held. */
  #arrived = 0
  /** When the first bytes came of those that are read in this turn of the loop. */
  #turnBegan: number | undefined
  #waitsForTurn = false
  /** Whether the events of the bytes that were read last have not been delivered yet. */
  #isUndelivered = false
  /**
   * Whether this socket is read on before that: Bun and Deno call back up to 32 times in a row, without a microtask
   * between. The places of values in a chunk are gone with the next one, so such a socket pauses for each delivery.
   */
  #readsOn = false
  /** The number of the client's last message: those of a login are not counted. */
  #serial: number
  #origin: { -readonly [K in keyof Origin]: Origin[K] } | undefined

  constructor(
    options: ConnectionOptions,
    sink: ConnectionSink,
    tlsSession: Buffer | undefined,
    taps: LateSet<TapListener>,
  ) {
    this.#options = options
    this.#serial = options.intake.serial
    this.#sink = sink
    this.#taps = taps
    this.heard = options.clock.elapsed()
    this.#socket = openSocket(options, tlsSession, (length, buffer) => {
      hasRead()
      this.receive((buffer as Buffer).subarray(0, length))
      return true
    })
    this.#outbox = new Outbox(this.#socket, isTls(this.#socket), options.encoding, this)
    this.#decoder = new Decoder(sink, limitsBeforeLogin(options.limits))
    this.#listen()
  }

  /** A login was made: under which number its messages come, those of the chunk that is being read included. */
  set epoch(epoch: number) {
    this.#epoch = epoch
    this.#options.intake.serial = this.#serial
    this.#decoder.limits = this.#options.limits
    if (this.#origin) this.#origin.epoch = epoch
  }

  /** Bytes handed to the socket. */
  get bytesWritten(): number {
    return this.#outbox.bytes
  }

  /** Whether a message had begun to arrive and was not complete. */
  get midMessage(): boolean {
    return this.#decoder.held > 0
  }

  /** The message that is arriving. */
  get arriving(): Arriving {
    const bytes = this.#decoder.held
    return { start: this.bytesRead - bytes, bytes }
  }

  write(text: string): QueuedWrite {
    return this.#outbox.write(text)
  }

  /** Tells those who listen to its bytes what is about to be written. */
  writes(text: string, midway: boolean): void {
    if (this.#taps.size > 0) this.#tell('in', Buffer.from(text, this.#options.encoding), midway)
  }

  /** Takes what its socket failed with, or threw when it was to write. */
  failed(error: unknown): void {
    this.end(explain(error, this.bytesRead > 0), error as Error)
  }

  /** Takes the socket down at once; nothing is reported from here on. */
  drop(): void {
    if (this.#dropped) return
    // before anybody hears of it: a listener may end the client
    this.#dropped = true
    if (this.session > 0) this.#tellEach((tap) => tap.end(this.session))
    this.#count(0)
    this.#socket.destroy()
  }

  /** Calls back with each TLS session that can be resumed. */
  onTlsSession(keep: (session: Buffer) => void): void {
    if (isTls(this.#socket)) this.#socket.on('session', keep)
  }

  #listen(): void {
    const socket = this.#socket
    const connected: Connected = { [CONNECTION]: this }
    // the caller's own may be a wrapper, which calls with another `this` or with none, and nothing is set on it
    const own = this.#options.socket !== undefined
    const bound = <A extends unknown[]>(listener: (this: never, ...of: A) => void): ((...of: A) => void) =>
      own ? listener.bind(connected as never) : (listener as (...of: A) => void)
    if (!own) Object.assign(socket, connected)
    whenOpen(socket, bound(onOpen))
    if (!callsBack(this.#options)) socket.on('data', bound(onData))
    // Node's TLS leaves a socket open whose record cannot be read (lib/_tls_wrap.js:onerror), and so may the caller's own
    socket.on('error', bound(onError))
    socket.on('end', bound(onEnd))
    socket.on('close', bound(onClose))
  }

  /** Takes its socket's opening; the caller's own may report it again. */
  opened(): void {
    if (!this.#dropped && this.session === 0) this.#sink.opened()
  }

  /** Takes what has come. */
  receive(bytes: Buffer): void {
    if (this.#dropped) return
    const { clock } = this.#options
    this.heard = clock.elapsed()
    this.bytesRead += bytes.length
    if (this.#taps.size > 0) this.#tell('out', bytes, this.midMessage)
    this.#origin = { intake: this.#options.intake, epoch: this.#epoch, receivedAt: clock.now(), leave: undefined }
    this.#outbox.gather()
    try {
      this.#decoder.push(bytes, this.#origin)
    } finally {
      this.#origin = undefined
      // a login that fails leaves no gap
      if (this.#epoch === 0) this.#options.intake.serial = this.#serial
      this.#outbox.send()
    }
    if (this.#dropped) return
    this.#count(this.#decoder.held)
    if (bytes.length < MORE_BYTES) return
    if (this.#turnBegan === undefined) {
      this.#turnBegan = this.heard
      setImmediate(() => this.#turn())
    }
    this.#yield()
    if (this.#isUndelivered) this.#readsOn = true
    this.#isUndelivered = true
    if (this.#readsOn) this.#socket.pause()
    // behind what delivers the events of these bytes
    queueMicrotask(() => this.#delivered())
  }

  #delivered(): void {
    this.#isUndelivered = false
    this.#yield()
    if (this.#readsOn && !this.#waitsForTurn && !this.#dropped) this.#socket.resume()
  }

  /** Lets the event loop do other things when enough was read at once. */
  #yield(): void {
    if (this.#turnBegan === undefined || this.#waitsForTurn || this.#dropped) return
    if (this.#options.clock.elapsed() - this.#turnBegan < TURN) return
    this.#waitsForTurn = true
    this.#socket.pause()
  }

  #turn(): void {
    this.#turnBegan = undefined
    if (!this.#waitsForTurn) return
    this.#waitsForTurn = false
    if (!this.#dropped) this.#socket.resume()
  }

  /** Counts the bytes of the message in progress as held. */
  #count(bytes: number): void {
    this.#options.intake.held.add(bytes - this.#arrived)
    this.#arrived = bytes
  }

  #tell(direction: 'in' | 'out', bytes: Buffer, midway: boolean): void {
    const text = bytesToText(bytes)
    this.#tellEach((tap) => tap.chunk(this.session, direction, text, midway))
  }

  // one that ends may begin another, which gets what follows
  #tellEach(tell: (tap: TapListener) => void): void {
    for (const tap of [...this.#taps]) if (this.#taps.has(tap)) tell(tap)
  }

  /** Takes its socket's end; `why` is for people. */
  end(why: string, cause: Error | undefined): void {
    if (!this.#dropped) this.#decoder.end()
    if (this.#dropped) return
    this.drop()
    this.#sink.ended(why, cause)
  }
}

// one function for all sockets: a closure for each event of each takes more than the socket's own state

function onOpen(this: Connected): void {
  this[CONNECTION].opened()
}

function onData(this: Connected, bytes: Buffer): void {
  this[CONNECTION].receive(bytes)
}

function onError(this: Connected, error: Error): void {
  this[CONNECTION].failed(error)
}

function onEnd(this: Connected): void {
  this[CONNECTION].end('the server ended the connection', undefined)
}

function onClose(this: Connected): void {
  this[CONNECTION].end('the connection was closed', undefined)
}

/** Whether a socket's error says that the peer has reset it. */
export function wasReset(error: unknown): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  return code === 'ECONNRESET' || code === 'EPIPE'
}
