import type { Entry } from './entry.ts'
import type { AnyMessage, GapCause } from './message.ts'
import { Movement } from './movement.ts'
import type { LogObserver } from './observer.ts'
import type { LogOptions } from './options.ts'
import { Pause } from './pause.ts'
import { Position } from './position.ts'
import { Ring } from './ring.ts'
import { type Role, roleOf, takeoverIn } from './role.ts'
import { Voice } from './voice.ts'
import { type EndReason, type Start, Writer } from './writer.ts'

const POLL = 500
const FAST_POLL = 100
const BEAT = 5_000
const KEPT = 60_000
const TAIL = 64
const JITTER = 150
/** How long something must wait before a gateway asks whether anybody writes. */
const ASK = 150
const IDLE_ASK = 2_000
const MOST_DELAY = 1_000
/** So many failures one after the other are no matter of another writer. */
const MANY = 3

/** One server's log as one gateway keeps it: it follows while another gateway writes, and writes while none does. */
export class ServerLog {
  readonly ring: Ring
  #options: Required<Omit<LogOptions, 'observer'>> & { readonly observer: LogObserver }
  #position: Position
  #voice: Voice
  #linked: { readonly epoch: number; readonly version: string | null } | undefined
  #epoch = 0
  /** Why the session is gone. */
  #down = 'not connected yet'
  #cause: GapCause = 'link'
  #movement: Movement
  #writer: Writer | undefined
  /** That of the own last writer. */
  #term: number | undefined
  /** When it was last asked whether anybody writes. */
  #askedAt = 0
  #stored = 0
  /** The log's end when the own writer began. */
  #began = 0
  /** The end of the log when its place was last searched, and when a writer last asked. */
  #searchedAt: number | undefined
  #decided: number | undefined
  /** Cuts up to this one may be crossed. */
  #crossable = 0
  /** The writer said that nobody has a session to Asterisk. */
  #saidDown = false
  #releasing = false
  #failures = 0
  /** Before this time nothing is written: the store refuses again and again. */
  #retryAt = 0
  /** How often the connection to the store was lost. */
  #losses = 0
  #reachable = true
  #stopping = false
  #pause = new Pause()
  #done: Promise<void> | undefined
  #jitter: number
  #toldRole: Role | undefined

  constructor(options: LogOptions) {
    const { observer = {}, now = () => performance.now(), random = Math.random } = options
    this.#options = { ...options, observer, now, random }
    this.ring = new Ring(options.ring)
    this.#position = new Position(this.ring)
    this.#voice = new Voice(options.store, options.server, options.gateway, now)
    this.#movement = new Movement(now)
    this.#jitter = JITTER * random()
  }

  get role(): Role {
    return roleOf(this.#linked !== undefined, this.#writer !== undefined)
  }

  /** The sequence of the last message of the log that this gateway has stored or seen. */
  get last(): number | undefined {
    return this.#writer?.stored ?? this.#movement.last?.seq
  }

  /** The term in which this gateway writes; undefined while it does not. */
  get writing(): number | undefined {
    return this.#writer && this.#term
  }

  /** How long the log has lacked an event that this gateway has; undefined where it lacks none. */
  get lacking(): number | undefined {
    if (this.#writer) return this.#writer.lacking
    return this.#movement.lacking(this.#position.known(this.#movement.last), this.ring)
  }

  get #unbroken(): boolean {
    return this.#position.isUnbroken(this.#movement.last)
  }

  /** Begins; resolves when the end of the log has been read, or the store did not answer. */
  async start(): Promise<void> {
    await this.#look()
    if (!(await this.#options.presence.hasWriter())) this.#movement.noteVacant()
    this.#done = this.#run()
  }

  /** Ends: writes nothing more, and hands over to another gateway. */
  async stop(): Promise<void> {
    this.#stopping = true
    const wrote = this.#writer !== undefined
    this.#writer?.stop()
    this.#pause.end()
    await this.#done
    this.#options.presence.announce({ writing: false, ready: false })
    if (wrote) this.#options.presence.handOver()
  }

  /** Takes note that the session is about to connect: call it before the first byte is sent. */
  connecting(): void {
    this.#position.beforeSession(this.#movement.last)
  }

  /** Takes note of a session to Asterisk, by its number. */
  connected(epoch: number, version: string | null): void {
    if (this.#linked?.epoch === epoch) return
    this.#begin(epoch)
    this.#linked = { epoch, version }
    this.#releasing = false
    this.#writer?.pump()
    if (this.#writer) this.#voice.say(this.#term, { status: 'up', version, epoch })
    this.#saidDown = false
    this.#tell('connected to Asterisk')
    this.#pause.end()
  }

  /** Takes note that the session is gone. */
  disconnected(cause: GapCause, error: string): void {
    this.#cause = cause
    this.#down = error
    if (this.#linked === undefined) return
    this.#linked = undefined
    this.#releasing = true
    this.#release()
    this.#tell(error)
    this.#pause.end()
  }

  /** Takes note that events were dropped before the next one. */
  dropped(lost: number | null): void {
    this.#cut('slow', lost)
  }

  /** Takes an event. */
  heard(entry: Entry, epoch: number): void {
    if (epoch !== this.#epoch) this.#begin(epoch)
    this.ring.push(entry)
    this.#movement.heard()
    this.#writer?.pump()
  }

  /** Takes note that the connection to the store is gone: whatever the log had may be another when it is back. */
  storeLost(): void {
    this.#losses++
    this.#writer?.fail('the connection to NATS is gone')
  }

  /** Takes note that there is a connection again. */
  storeBack(): void {
    this.#pause.end()
  }

  /** Takes note that another writer said farewell. */
  vacant(): void {
    // of two that took themselves for the writer
    if (this.#writer) return
    this.#movement.noteFarewell()
    this.#pause.end()
  }

  /** Ends the writing in a term behind which another gateway has begun: whoever goes on does so in a later one. */
  resign(term: number): void {
    if (this.writing !== term) return
    this.#term = undefined
    this.#writer?.stop()
  }

  #begin(epoch: number): void {
    if (epoch === this.#epoch) return
    const isFirst = this.#epoch === 0
    this.#epoch = epoch
    if (!isFirst) this.#cut(this.#cause, null)
  }

  #cut(cause: GapCause, lost: number | null): void {
    this.#position.cut(cause, lost)
    if (this.#saidDown) this.#crossable = this.ring.lastCut?.id ?? 0
    this.#writer?.pump()
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      if (this.#writer) await this.#attend(this.#writer)
      else {
        const time = await this.#look()
        if (!this.#stopping) await this.#pause.wait(time)
      }
    }
    if (this.#writer) this.#leave(await this.#writer.ended)
  }

  /** Attends to the own writer for a while. */
  async #attend(writer: Writer): Promise<void> {
    const { now } = this.#options
    this.#release()
    const ended = await Promise.race([writer.ended, this.#pause.wait(BEAT / 10)])
    this.#pause.end()
    if (ended) return this.#leave(ended)
    if (now() - this.#voice.saidAt >= BEAT) this.#voice.say(this.#term, { status: 'beat' })
    this.ring.trim(now() - KEPT)
  }

  /** Without a session the writer ends when all is written: another gateway may have one. */
  #release(): void {
    const writer = this.#writer
    if (this.#releasing && !this.#saidDown && writer && writer.next >= this.ring.end) writer.stop()
  }

  #leave(reason: EndReason): void {
    const { observer, presence } = this.#options
    const writer = this.#writer
    if (!writer) return
    this.#writer = undefined
    this.#saidDown = false
    this.#stored = writer.stored
    if (writer.stored > this.#began) this.#failures = 0
    const why = reason.type === 'failed' ? reason.why : reason.type
    if (reason.type === 'refused' || reason.type === 'failed') {
      this.#failures++
      if (this.#failures >= MANY) this.#retryAt = this.#options.now() + this.#delay()
      observer.interrupted?.(why)
    }
    this.#movement.restart()
    // it was this gateway that wrote, and no other that began later
    if (this.#term !== undefined) this.#movement.noteVacant()
    this.#tell(why)
    this.#announce()
    if ((reason.type === 'stopped' || reason.type === 'cut') && !this.#stopping) presence.handOver()
  }

  /** Looks at the log's end, and writes where it is time; returns for how long nothing more is to be done. */
  async #look(): Promise<number> {
    const { store, now, presence, takeover } = this.#options
    try {
      // whoever would write a gap waits until the node that decides is there: others may have all events
      const last = await (this.#unbroken ? store.peek() : store.end())
      this.#movement.observe(last, this.#term)
      if (last.seq !== this.#searchedAt) {
        this.#searchedAt = last.seq
        const tail = await this.#tail()
        if (tail && last.message) this.#position.search(last.message, tail)
      }
      this.#answers(true, '')
    } catch (error) {
      this.#answers(false, error instanceof Error ? error.message : String(error))
      return POLL
    }
    const known = this.#position.known(this.#movement.last)
    if (known) this.ring.settle(known.next)
    this.ring.trim(now() - KEPT)
    const lacking = this.#movement.lacking(known, this.ring)
    const isDue = now() - this.#askedAt > ((lacking ?? 0) > ASK ? ASK : IDLE_ASK)
    if (isDue && this.#movement.vacant === undefined) {
      this.#askedAt = now()
      if (!(await presence.hasWriter())) this.#movement.noteVacant()
    }
    this.#announce()
    const view = {
      linked: this.#linked !== undefined,
      lacking,
      vacant: this.#movement.vacant,
      young: known === undefined,
      unbroken: this.#unbroken,
      alone: false,
    }
    const patience = { takeover, jitter: this.#jitter }
    let wait = takeoverIn(view, patience)
    if (wait > 0 && !view.unbroken && takeoverIn({ ...view, alone: true }, patience) <= 0) {
      const others = (view.young && presence.hasMet()) || (await presence.hasReady())
      if (!others) wait = 0
    }
    if (this.#stopping) return 0
    if (now() < this.#retryAt) return this.#retryAt - now()
    // where nothing has to be written, two that begin at once would both go on
    if (wait <= 0 && lacking === undefined && (await presence.hasWriter())) {
      this.#movement.vacantSince = undefined
      return POLL
    }
    if (wait <= 0)
      return (await this.#takeOver(lacking === undefined ? 'nobody writes' : 'the log lacks events'))
        ? 0
        : this.#delay()
    const isUrgent = lacking !== undefined || view.vacant !== undefined || (view.young && this.ring.end > 0)
    return Math.min(wait, isUrgent ? FAST_POLL : POLL)
  }

  #delay(): number {
    return Math.min(MOST_DELAY, 50 * 2 ** Math.min(this.#failures, 10)) * (0.5 + this.#options.random())
  }

  /** Reads the log's last messages, where its place must be searched among the own events. */
  async #tail(): Promise<readonly AnyMessage[] | undefined> {
    const last = this.#movement.last
    if (!last?.message || this.#position.known(last) || !this.#position.isShared(last)) return undefined
    return this.#options.store.tail(last.seq, TAIL)
  }

  /** Begins to write where the log ends; gives whether it does. */
  async #takeOver(reason: string): Promise<boolean> {
    const { prefix, server, gateway, store, observer, now, presence } = this.#options
    const losses = this.#losses
    const before = this.#movement.last
    let start: Start
    try {
      this.#movement.observe(await store.end(), this.#term)
      // after a step back of the store others may have seen more of the own term
      const { message, seq } = this.#movement.last ?? { seq: 0 }
      const isOwn = message !== undefined && message.term === this.#term && seq >= this.#stored
      // whoever has written meanwhile goes on; a node that is late may say so twice
      const isNews = before?.seq !== seq && this.#decided !== seq
      this.#decided = seq
      if ((before && isNews && !isOwn) || this.#stopping) return false
      if (!isOwn) {
        this.#term = await this.#voice.begin(reason)
        this.#movement.observe(await store.end(), this.#term)
        if (this.#movement.last?.seq !== seq) return false
      }
      const tail = await this.#tail()
      // what was read before a loss may be no more true; from here on nothing may come between
      const last = this.#movement.last
      if (!last || losses !== this.#losses || this.#stopping) return false
      const place = tail && last.message ? this.#position.search(last.message, tail) : undefined
      start = this.#position.startAt(last, place)
    } catch (error) {
      this.#failures++
      this.#answers(false, error instanceof Error ? error.message : String(error))
      return false
    }
    this.#crossable = this.ring.lastCut?.id ?? 0
    this.#movement.vacantSince = undefined
    this.#began = start.seq
    const writer = new Writer(
      {
        prefix,
        server,
        gateway,
        term: this.#term ?? 0,
        store,
        ring: this.ring,
        now,
        mayCross: ({ id }) => id <= this.#crossable,
        anchored: (anchor) => this.#position.anchored(anchor),
        stored: (events, latency) => observer.stored?.(events, latency),
        gap: (...said) => observer.gap?.(...said),
      },
      start,
    )
    this.#writer = writer
    presence.announce({ writing: true, ready: this.#linked !== undefined })
    this.#tell(reason)
    writer.pump()
    if (this.#linked) this.#voice.say(this.#term, { status: 'up', ...this.#linked })
    else if (writer.next >= this.ring.end) {
      this.#saidDown = true
      this.#voice.say(this.#term, { status: 'down', error: this.#down })
    }
    return true
  }

  #answers(isReachable: boolean, why: string): void {
    if (!isReachable) this.#announce()
    // what waited while the store was away has not waited for a writer
    if (!isReachable || !this.#reachable) this.#movement.postpone()
    if (isReachable === this.#reachable) return
    this.#reachable = isReachable
    this.#options.observer.reachable?.(isReachable, why)
  }

  #announce(): void {
    this.#options.presence.announce({ writing: false, ready: this.#unbroken && this.#linked !== undefined })
  }

  #tell(why: string): void {
    if (this.role === this.#toldRole) return
    this.#toldRole = this.role
    this.#options.observer.role?.(this.role, why)
  }
}
