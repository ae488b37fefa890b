// A session of AMI with nothing of the library in it: a socket, lines and blank lines.
import { connect, type Socket } from 'node:net'
import type { Target } from '../../targets.ts'

const AGAIN = 200

/** The headers of a message: those that are repeated are lists. */
export type PlainMessage = Readonly<Record<string, string | string[]>>

/** Where it logs in, and as whom. */
export type PlainAccount = Pick<Target, 'host' | 'port' | 'username' | 'secret'>

/** Logs in for ever, and reads what comes. */
export class PlainSession {
  /** How often it has logged in. */
  logins = 0
  #target: PlainAccount
  #events: string
  #heard: (message: PlainMessage) => void
  #socket: Socket | undefined
  #timer: NodeJS.Timeout | undefined
  #waiting = new Map<string, (answer: PlainMessage | undefined) => void>()
  #ids = 0
  #closed = false
  #ready = false

  /** @param events the classes, as in the header of a login */
  constructor(target: PlainAccount, events: string, heard: (message: PlainMessage) => void = () => {}) {
    this.#target = target
    this.#events = events
    this.#heard = heard
  }

  get isReady(): boolean {
    return this.#ready
  }

  /** Resolves with the first login. */
  open(): Promise<void> {
    return new Promise((resolve) => this.#connect(resolve))
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#socket?.destroy()
  }

  /** Sends an action; gives its answer, or undefined where the connection went before. */
  send(
    headers: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
  ): Promise<PlainMessage | undefined> {
    const socket = this.#socket
    if (!this.#ready || socket === undefined) return Promise.resolve(undefined)
    const id = `plain-${++this.#ids}`
    const answer = new Promise<PlainMessage | undefined>((resolve) => this.#waiting.set(id, resolve))
    const all = Array.isArray(headers) ? headers : Object.entries(headers)
    const lines = all.map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`${lines.join('')}ActionID: ${id}\r\n\r\n`)
    return answer
  }

  #connect(first: () => void): void {
    const { host, port, username, secret } = this.#target
    const socket = connect({ host, port, noDelay: true })
    this.#socket = socket
    let rest = ''
    const loggedIn = () => {
      this.logins++
      this.#ready = true
      first()
    }
    socket.setEncoding('utf8').on('data', (text: string) => {
      rest += text
      if (!rest.includes('\r\n\r\n')) return
      const messages = rest.split('\r\n\r\n')
      rest = messages.pop() ?? ''
      for (const one of messages) this.#read(messageOf(one), loggedIn)
    })
    socket.on('connect', () => {
      const login = `Action: Login\r\nUsername: ${username}\r\nSecret: ${secret}\r\nEvents: ${this.#events}\r\nActionID: login\r\n\r\n`
      socket.write(login)
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#ready = false
      for (const answer of this.#waiting.values()) answer(undefined)
      this.#waiting.clear()
      if (!this.#closed) this.#timer = setTimeout(() => this.#connect(first), AGAIN)
    })
  }

  #read(message: PlainMessage, loggedIn: () => void): void {
    if (message.Event !== undefined) this.#heard(message)
    if (message.ActionID === 'login' && message.Response === 'Success') loggedIn()
    this.#waiting.get(String(message.ActionID))?.(message)
    this.#waiting.delete(String(message.ActionID))
  }
}

function messageOf(text: string): PlainMessage {
  const found = new Map<string, string | string[]>()
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(': ')
    // the banner has none
    if (colon < 0) continue
    const [name, value] = [line.slice(0, colon), line.slice(colon + 2)]
    const before = found.get(name)
    found.set(name, before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value])
  }
  return Object.fromEntries(found)
}
