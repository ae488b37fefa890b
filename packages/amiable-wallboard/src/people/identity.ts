// Who asks: by the mode of the configuration, and by the cookie of a session or of a display.
import { timingSafeEqual } from 'node:crypto'
import { BlockList, isIP, isIPv6 } from 'node:net'
import type { Config, UserConfig, Users } from '../config/schema.ts'
import type { Display } from '../protocol/board.ts'
import { EVERYTHING } from '../views/scope.ts'
import { Displays } from './displays.ts'
import type { Kept, KeptFile } from './kept.ts'
import { isPassword } from './passwords.ts'
import { type Person, personOf } from './person.ts'
import { hashOf, Sessions } from './sessions.ts'
import { Throttle } from './throttle.ts'

/** What a request shows of who asks. */
export interface Credentials {
  /** The address that the connection comes from. */
  readonly address: string
  /** The token of the cookie. */
  readonly token: string | undefined
  header(name: string): string | undefined
}

/** How many passwords are tried at once: each takes 32 MiB and a tenth of a second of a core. */
const AT_ONCE = 2
/** How many more may wait for their turn, as at the beginning of a shift. */
const MOST_WAITING = 32
const YEAR = 365 * 86_400_000
const IPV4_MAPPED = /^::ffff:(?=\d+\.)/i

/** What a sign-in led to. */
export type SignInResult =
  | { readonly type: 'in'; readonly token: string; readonly person: Person }
  | { readonly type: 'wrong' }
  | { readonly type: 'later'; readonly seconds: number }

/** Knows who people are. */
export class Identity {
  readonly mode: Config['signIn']['mode']
  readonly displays = new Displays(() => this.keep())
  #signIn: Config['signIn']
  #secret: Buffer
  #users: Users
  #sessions: Sessions
  #screens = new Sessions(YEAR)
  #boards: Config['boards']
  #networks: BlockList | undefined
  #byName = new Throttle({ tries: 5, each: 10_000 })
  #byAddress = new Throttle({ tries: 20, each: 5_000 })
  #trying = 0
  #waiting: (() => void)[] = []
  #file: KeptFile | undefined

  /** @param file keeps sessions and displays over a restart; without it they are forgotten */
  constructor(config: Pick<Config, 'signIn' | 'boards'>, users: Users, secret: string, file?: KeptFile) {
    this.#signIn = config.signIn
    this.#boards = config.boards
    this.mode = config.signIn.mode
    this.#users = users
    this.#secret = Buffer.from(hashOf(secret))
    this.#sessions = new Sessions(config.signIn.idle)
    this.#networks = config.signIn.networks && networksOf(config.signIn.networks)
    this.#file = file
    if (file !== undefined) this.#restore(file.read(), Date.now())
  }

  /** Writes sessions and displays down as they are now. */
  keep(): void {
    if (this.#file === undefined) return
    const screens = new Map([...this.#screens.all()].map(({ person, id, usedAt }) => [person.name, { id, usedAt }]))
    this.#file.write({
      sessions: [...this.#sessions.all()].map(({ id, usedAt, person: { name } }) => {
        return { id, name, user: digestOf(this.#users[name]), usedAt }
      }),
      displays: [...this.displays.all()].map(({ link = null, ...display }) => {
        return { ...display, link, screen: screens.get(display.id) ?? null }
      }),
    })
  }

  /** Takes back what was kept; who is no longer what he was, and a board that is gone, are not. */
  #restore({ sessions, displays }: Kept, now: number): void {
    for (const { id, name, user, usedAt } of sessions) {
      const known = this.mode === 'local' ? this.#userOf(name) : undefined
      if (known === undefined || digestOf(known) !== user) continue
      this.#sessions.restore({ id, person: personOf(name, known), usedAt }, now)
    }
    for (const { link, screen, ...display } of displays) {
      if (!Object.hasOwn(this.#boards, display.board)) continue
      this.displays.restore({ ...display, link: link ?? undefined })
      if (screen !== null) this.#screens.restore({ ...screen, person: this.#screenOf(display) }, now)
    }
  }

  #screenOf({ id, board }: Pick<Display, 'id' | 'board'>): Person {
    const masked = this.#boards[board]?.masked ?? true
    return { name: id, role: 'display', scope: EVERYTHING, device: undefined, masked, board }
  }

  /** Says who asks, if that is known. */
  of({ address, token, header }: Credentials, now: number): Person | undefined {
    const screen = token === undefined ? undefined : this.#screens.find(token, now)
    if (screen !== undefined) return this.displays.has(screen.person.name) ? screen.person : undefined
    if (this.mode === 'none') {
      const { role, device } = this.#signIn
      return personOf('you', { role, device })
    }
    if (this.mode === 'local') return token === undefined ? undefined : this.#sessions.find(token, now)?.person
    if (!this.#isProxy(address, header)) return undefined
    const name = header(this.#signIn.userHeader)
    const user = name === undefined ? undefined : this.#userOf(name)
    return name === undefined || user === undefined ? undefined : personOf(name, user)
  }

  knows(name: string): boolean {
    return Object.hasOwn(this.#users, name)
  }

  /** Whether the session of somebody has ended. It also says so of one who looks on and asks for nothing. */
  isOver(person: Person, now: number): boolean {
    return this.#sessions.isOver(person, now) || this.#screens.isOver(person, now)
  }

  #userOf(name: string): UserConfig | undefined {
    return Object.hasOwn(this.#users, name) ? this.#users[name] : undefined
  }

  /** Returns the address that somebody asks from. Of what comes from the proxy it is the last one that is not its own. */
  addressOf({ address, header }: Credentials): string {
    const forwarded = header('x-forwarded-for')
    const isTrusted = this.mode === 'proxy' ? this.#isProxy(address, header) : this.#isNear(address)
    if (forwarded === undefined || !isTrusted) return address
    const hops = forwarded.split(',').map((hop) => hop.trim())
    // what stands before it, anybody can have written
    const last = hops.findLast((hop) => !this.#isNear(hop))
    return last === undefined || isIP(last) === 0 ? address : last
  }

  /** Returns by what those are told apart who ask from an address; undefined where it is that of a proxy or of this machine. */
  placeOf(address: string): string | undefined {
    return this.#isNear(address) || isThisMachine(address) ? undefined : networkOf(address)
  }

  /** Begins a session of a local user. */
  async signIn(name: string, password: string, address: string, now: number): Promise<SignInResult> {
    // a try that is not made costs none
    if (this.#waiting.length >= MOST_WAITING) return { type: 'later', seconds: 1 }
    const from = networkOf(address)
    const wait = Math.max(this.#byAddress.take(from, now), this.#byName.take(`${from} ${name}`, now))
    if (wait > 0) return { type: 'later', seconds: Math.max(1, Math.ceil(wait / 1_000)) }
    const user = this.#userOf(name)
    const isRight = await this.#inTurn(() => isPassword(password, user?.password))
    if (!isRight || user === undefined) return { type: 'wrong' }
    this.#byName.forget(`${from} ${name}`)
    this.#byAddress.giveBack(from)
    // the file of users may be another one meanwhile
    if (digestOf(this.#userOf(name)) !== digestOf(user)) return { type: 'later', seconds: 1 }
    const person = personOf(name, user)
    const token = this.#sessions.begin(person, now)
    this.keep()
    return { type: 'in', token, person }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#trying >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#trying++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#trying--
      else next()
    }
  }

  signOut(token: string): void {
    if (this.#sessions.end(token)) this.keep()
  }

  /** Takes a display link; returns the token of the screen's cookie. */
  takeDisplay(link: string, now: number): { token: string; board: string } | undefined {
    const display = this.displays.take(link, now)
    if (display === undefined) return undefined
    const token = this.#screens.begin(this.#screenOf(display), now)
    this.keep()
    return { token, board: display.board }
  }

  /** Says as whom a display looks at a board: its own, or one of the rotation of its own. */
  onBoard(person: Person, board: string | undefined): Person | undefined {
    if (board === undefined || person.board === undefined) return undefined
    const isOwn = board === person.board
    if (!isOwn && !this.#boards[person.board]?.rotation.includes(board)) return undefined
    return { ...person, masked: this.#boards[board]?.masked ?? true }
  }

  /** Takes new users; returns the names of those who are no longer what they were. */
  update(users: Users): string[] {
    const changed = Object.keys(this.#users).filter(
      (name) => JSON.stringify(this.#users[name]) !== JSON.stringify(users[name]),
    )
    this.#users = users
    this.#sessions.endWhere(({ person }) => changed.includes(person.name))
    this.keep()
    return changed
  }

  #isProxy(address: string, header: Credentials['header']): boolean {
    const shown = Buffer.from(hashOf(header(this.#signIn.secretHeader) ?? ''))
    return timingSafeEqual(shown, this.#secret) && this.#isNear(address)
  }

  /** Whether an address lies in the networks of the proxy. */
  #isNear(address: string): boolean {
    const plain = address.replace(IPV4_MAPPED, '').replace(/%.*$/, '')
    if (isIP(plain) === 0) return false
    return this.#networks?.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4') ?? false
  }
}

/** Whether a connection from an address comes from this machine. */
export function isThisMachine(address: string): boolean {
  return /^(?:::ffff:)?127\.|^::1$/.test(address)
}

/** Returns the digest of what the file of users says of somebody. */
function digestOf(user: UserConfig | undefined): string {
  return hashOf(JSON.stringify(user ?? null))
}

/** Returns by what strangers are told apart: an address, or of IPv6 the network, in which one has as many as he likes. */
function networkOf(address: string): string {
  const plain = address.replace(IPV4_MAPPED, '')
  if (!isIPv6(plain)) return plain
  const [head = [], tail = []] = plain.split('::').map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0')
  return [...head, ...zeros, ...tail].slice(0, 4).join(':')
}

function networksOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}
