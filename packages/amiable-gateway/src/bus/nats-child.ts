// A nats-server as a child: it is started again where it ends, and ends with the gateway.
import { type ChildProcess, spawn } from 'node:child_process'
import { createConnection } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const START_TIMEOUT = 15_000
const STOP_TIMEOUT = 5_000
const FIRST_DELAY = 250
const MOST_DELAY = 10_000
const LOOK_AGAIN = 50

/** Learns of each start and each end that was not asked for. */
export type OnChange = (change: string, about?: Readonly<Record<string, unknown>>) => void

/** Keeps a nats-server running until it is stopped. */
export class NatsChild {
  readonly #path: string
  readonly #configuration: string
  readonly #onChange: OnChange
  #child: ChildProcess | undefined
  #stopping = false
  #isUp = false
  #delay = FIRST_DELAY
  #timer: NodeJS.Timeout | undefined
  #last = ''
  readonly #atExit = () => this.#child?.kill('SIGTERM')

  constructor(path: string, configuration: string, onChange: OnChange) {
    this.#path = path
    this.#configuration = configuration
    this.#onChange = onChange
  }

  /** What the server said last. */
  get last(): string {
    return this.#last || 'it says nothing'
  }

  /** Starts it. Resolves with whether it listens. */
  async start(port: number): Promise<boolean> {
    // also where the gateway ends by a fault of its own
    process.once('exit', this.#atExit)
    this.#launch()
    const deadline = performance.now() + START_TIMEOUT
    while (this.#child !== undefined && performance.now() < deadline) {
      if (await isOpen(port)) {
        this.#isUp = true
        return true
      }
      await delay(LOOK_AGAIN)
    }
    await this.stop()
    return false
  }

  /** Ends it so that it is started again. */
  restart(): void {
    this.#child?.kill('SIGTERM')
  }

  async stop(): Promise<void> {
    this.#stopping = true
    process.off('exit', this.#atExit)
    clearTimeout(this.#timer)
    const child = this.#child
    if (child === undefined) return
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT)
    await gone
    clearTimeout(timer)
  }

  #launch(): void {
    // a signal to the terminal's group is the gateway's matter: it still writes
    const child = spawn(this.#path, ['-c', this.#configuration], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    })
    this.#child = child
    const began = performance.now()
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#last = messageOf(chunk.toString()) ?? this.#last
    })
    child.on('error', (error) => {
      this.#last = error.message
    })
    child.on('close', (code, signal) => {
      this.#child = undefined
      // one that never listened is a matter of `start`
      if (this.#stopping || !this.#isUp) return
      if (performance.now() - began > MOST_DELAY) this.#delay = FIRST_DELAY
      this.#onChange('nats-server ended', { by: signal ?? `code ${code}`, last: this.last })
      this.#timer = setTimeout(() => {
        this.#launch()
        this.#onChange('nats-server was started again')
      }, this.#delay)
      this.#delay = Math.min(this.#delay * 2, MOST_DELAY)
    })
  }
}

/** Whether something listens on a port of this machine. */
function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Returns the last complaint of a part of the server's log, else its last line, without process and time. */
function messageOf(text: string): string | undefined {
  const lines = text.trimEnd().split('\n')
  const said = lines.findLast((line) => /\[(?:FTL|ERR)\]|nats-server:/.test(line)) ?? lines.at(-1)
  return said?.replace(/^\[\d+\] \S+ \S+ \[\w+\] /, '')
}
