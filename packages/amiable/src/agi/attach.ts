import { checkAnswer, checkEach, checkFunction, got, graceOf } from '../check.ts'
import type { Fleet } from '../client/fleet.ts'
import type { AmiEvent } from '../client/types.ts'
import { publish } from '../diagnostics.ts'
import { ClosedError, invalid } from '../errors.ts'
import { unguessableId } from '../util/action-id.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import { deferred } from '../util/deferred.ts'
import { PatientClock } from '../util/patient-clock.ts'
import { isInAsyncAgi, isUniqueid, ownerOf, rowsOf, type SeenCall } from './adopt.ts'
import { AsyncCall, type AsyncClient, firstRequest } from './async-call.ts'
import { ATTACH_CHECKS, type AttachmentStats, type AttachOptions } from './attach-options.ts'
import type { AgiRequest } from './environment.ts'
import type { CloseOptions } from './fast-server.ts'
import { type AgiHandler, reportError, wants } from './handler.ts'
import type { AgiSession } from './session.ts'

// how long Asterisk has for the last command of a call, in milliseconds, when all is to end
const LINGER = 5_000
const MAX_SESSIONS = 1_000
// how many calls are remembered that are not handled now
const REMEMBERED = 10_000

/**
 * Handles the calls that the dialplan hands over by `AGI(agi:async,path)`: a client's, or those of a fleet's members. The
 * account needs the class `agi` to read and to write, `call` to stop sounds, and `reporting` to take calls over.
 * @throws {ArgumentError} at once for an option that is wrong
 */
export function attachAgi(
  target: AsyncClient | Fleet,
  handler: AgiHandler,
  options: AttachOptions = {},
): AgiAttachment {
  const { on, status } = (target ?? {}) as Partial<Record<'on' | 'status', unknown>>
  if (typeof on !== 'function' || typeof status !== 'function') {
    const hint = (target as unknown) instanceof Promise ? ': await it first' : ''
    throw invalid('target', `must be a client or a fleet, ${got(target)}${hint}`)
  }
  checkFunction('handler', handler)
  return new AgiAttachment(target, handler, checkEach<AttachOptions>('', options, ATTACH_CHECKS))
}

/** Handles calls over AMI; made by {@link attachAgi}. */
export class AgiAttachment implements AsyncDisposable {
  #target: AsyncClient | Fleet
  #handler: AgiHandler
  #options: Partial<AttachOptions>
  #instance: string
  #clock: Clock
  /** By the channel that is in AsyncAGI now. */
  #calls = new Map<string, AsyncCall>()
  /** Of which it is not known yet why AsyncAGI has ended. */
  #leaving = new Map<string, AsyncCall>()
  /** Those too whose AsyncAGI has ended, and whose handlers have not. */
  #all = new Set<AsyncCall>()
  #running = new Set<Promise<void>>()
  #failedCalls = new Set<string>()
  /** Whose calls are looked for, and whether once more behind that. */
  #looks = new Map<AsyncClient, boolean>()
  /** Of this program's name, and in some application: by EXEC, or in the dialplan behind AsyncAGI. */
  #busy = new Set<string>()
  /** Calls of others that have left AsyncAGI since the look under way began. */
  #ended = new Set<string>()
  /** Calls of others whose results have come since then: their rows may be of the moment before. */
  #answered = new Set<string>()
  #counts = { total: 0, adopted: 0, refused: 0, failed: 0, lateAnswers: 0, foreign: 0 }
  #listeners: readonly { remove(): void }[]
  #statuses = new AbortController()
  /** How many events were heard. */
  #events = 0
  #warned = false
  #closing: Promise<void> | undefined

  /** @internal */
  constructor(target: AsyncClient | Fleet, handler: AgiHandler, options: Partial<AttachOptions>) {
    this.#target = target
    this.#handler = handler
    this.#options = options
    this.#instance = options.instance ?? unguessableId()
    // nothing is late before the events that lie in the socket have been heard
    this.#clock = new PatientClock(options.clock ?? systemClock, () => this.#events)
    // first: a listener that can never get its event through this program's own signal is no failure
    void this.#watch().catch((error: unknown) => {
      if (!this.#statuses.signal.aborted) throw error
    })
    const names = ['AsyncAGIStart', 'AsyncAGIExec', 'AsyncAGIEnd', 'AGIExecStart'] as const
    const listener = target.on(names, (event) => this.#heard(event as AmiEvent))
    // always: the event that follows an end may come before the end does
    const ends = target.on(['Hangup', 'Newexten', 'VarSet'], (event) => this.#heardOfEnd(event as AmiEvent))
    this.#listeners = [listener, ends]
    for (const client of isFleet(target) ? target : [target]) void this.#find(client)
  }

  /** The name of this program for other programs. */
  get instance(): string {
    return this.#instance
  }

  /** Counts since it was attached. */
  stats(): AttachmentStats {
    return { sessions: this.sessions().length, ...this.#counts }
  }

  /** Returns the sessions that have not ended. */
  sessions(): readonly AgiSession[] {
    return [...this.#all].flatMap(({ session }) => (session && session.state !== 'ended' ? session : []))
  }

  /**
   * Takes no more calls, lets the handlers end, and then gives their calls back to the dialplan. Resolves when all is over.
   * @param options.timeout milliseconds that the handlers may take; 0 waits for none. @default 5_000
   */
  close(options: CloseOptions = {}): Promise<void> {
    const grace = graceOf(options)
    this.#closing ??= this.#close(grace)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(timeout: number): Promise<void> {
    for (const call of this.#all) if (call.session === undefined) call.lost('over')
    if (timeout > 0) await this.#within(timeout)
    for (const session of this.sessions()) session.exchange.finish()
    await this.#within(LINGER)
    for (const listener of this.#listeners) listener.remove()
    this.#statuses.abort()
    for (const call of this.#all) call.lost('over')
  }

  async #within(timeout: number): Promise<void> {
    const late = deferred<void>()
    const timer = this.#clock.setTimeout(() => late.resolve(), timeout)
    await Promise.race([Promise.all(this.#running), late.promise])
    this.#clock.clearTimeout(timer)
  }

  #heard(event: AmiEvent): void {
    this.#events++
    const uniqueid = event.get('Uniqueid') ?? ''
    if (!isUniqueid(uniqueid)) return
    const key = keyOf(event.source, uniqueid)
    const call = this.#calls.get(key)
    if (call === undefined) this.#heardOfOther(event, key)
    if (event.Event === 'AsyncAGIStart') {
      // one that has left AsyncAGI in a gap, and comes again, also before it has been looked for
      const isAgain = call?.mayRun || call?.isPaused
      if (call !== undefined && !isAgain) call.nest()
      else {
        call?.lost('unknown')
        this.#start(event, uniqueid)
      }
    } else if (event.Event === 'AsyncAGIExec') call?.result(event)
    else if (event.Event === 'AsyncAGIEnd') call?.end()
    else call?.startsCommand(event)
  }

  /** Notes an event of a call that this program does not have, or not yet. */
  #heardOfOther(event: AmiEvent, key: string): void {
    if (event.Event === 'AsyncAGIEnd' && this.#looks.size > 0) remember(this.#ended, key)
    const isResult = event.Event === 'AsyncAGIExec'
    if (isResult && this.#looks.size > 0) remember(this.#answered, key)
    if (event.Event === 'AGIExecStart' || !this.#busy.delete(key) || !isResult) return
    // what ran in it is over, and it is in AsyncAGI still
    const client = this.#clientOf(event.source)
    if (client) void this.#find(client)
  }

  #heardOfEnd(event: AmiEvent): void {
    this.#events++
    const hungUp = event.Event === 'Hangup'
    if (this.#leaving.size === 0 && !hungUp) return
    const key = keyOf(event.source, event.get('Uniqueid') ?? '')
    this.#leaving.get(key)?.evidence(event)
    if (!hungUp) return
    this.#busy.delete(key)
    // one that has left AsyncAGI in a gap
    this.#calls.get(key)?.lost('hangup')
  }

  #start(event: AmiEvent, uniqueid: string): void {
    const client = this.#clientOf(event.source)
    const env = event.get('Env') ?? ''
    if (client === undefined || !this.#isWanted(firstRequest(env))) return
    this.#run(client, uniqueid, (call) => call.begin(env))
  }

  #isWanted(request: AgiRequest): boolean {
    // of a cut environment the path may come later
    if (request.path === '' && !request.get('agi_threadid')) return true
    const { accept } = this.#options
    return accept === undefined ? wants(this.#handler, request) : checkAnswer('accept', accept(request)) === true
  }

  #run(
    client: AsyncClient,
    uniqueid: string,
    begin: (call: AsyncCall) => ReturnType<AsyncCall['begin']>,
    { adopted } = { adopted: 0 },
  ): void {
    const { maxSessions = MAX_SESSIONS, maxQueued = 64, pipeline = 16, claim = true } = this.#options
    if (this.#closing !== undefined) return
    const facts = { source: client.name, uniqueid }
    // a handler that outlives its call takes no other call's place
    if (this.#calls.size + this.#leaving.size >= maxSessions) {
      this.#counts.refused++
      publish('agi:refused', () => ({ source: client.name, transport: 'async', reason: 'full' }))
      return
    }
    const key = keyOf(client.name, uniqueid)
    const call: AsyncCall = new AsyncCall({
      client,
      uniqueid,
      handler: this.#handler,
      instance: this.#instance,
      claim,
      maxQueued,
      pipeline,
      clock: this.#clock,
      again: this.#failedCalls.delete(key),
      began: () => {
        this.#counts.total++
        this.#counts.adopted += adopted
      },
      late: () => void this.#counts.lateAnswers++,
      foreign: () => {
        this.#counts.foreign++
        publish('agi:foreign', () => ({ ...facts, channel: call.session?.request.channel ?? '' }))
      },
      failed: () => remember(this.#failedCalls, key),
      leaving: () => {
        this.#forget(this.#calls, key, call)
        this.#leaving.set(key, call)
      },
      left: () => {
        this.#forget(this.#calls, key, call)
        this.#forget(this.#leaving, key, call)
      },
    })
    this.#calls.set(key, call)
    this.#all.add(call)
    const running = begin(call).then((end) => {
      call.lost('over')
      this.#all.delete(call)
      if (end?.by !== 'failed') return
      this.#counts.failed++
      if ('error' in end) reportError(this.#options.onHandlerError, end.error, call.session as AgiSession)
    })
    this.#running.add(running)
    void running.then(() => this.#running.delete(running))
  }

  #forget(calls: Map<string, AsyncCall>, key: string, call: AsyncCall): void {
    if (calls.get(key) === call) calls.delete(key)
  }

  async #watch(): Promise<void> {
    const { signal } = this.#statuses
    for await (const status of this.#target.status({ signal })) {
      // a fleet's statuses say of which member they are
      const { source = (this.#target as AsyncClient).name } = status as { readonly source?: string }
      if (status.type === 'unheard') this.#unheard(source, status)
      else if (status.type === 'lost') this.#each(source, (call) => call.pause(status.error))
      else if (status.type === 'closed') {
        const error = new ClosedError(`${source}: the client is closed`, { source })
        this.#each(source, (call) => call.lost('over', error))
      } else if (status.type === 'ready') {
        // also a fleet's new member
        const client = this.#clientOf(source)
        if (client) void this.#find(client)
      }
    }
  }

  /**
   * Warns of a client that never gets the events of calls: whoever attaches to it would wait for ever, and see nothing.
   */
  #unheard(source: string, { event, classes }: { readonly event: string; readonly classes: readonly string[] }): void {
    if (this.#warned || event !== 'AsyncAGIStart' || classes.length === 0) return
    this.#warned = true
    const text = `${source}: attachAgi will hear of no call: the client's \`events\` leave out the class ${classes.join(', ')}`
    process.emitWarning(text, { type: 'AmiableWarning', code: 'AMIABLE_UNHEARD' })
  }

  /** Looks for calls in AsyncAGI, and once more where that is asked for meanwhile. */
  async #find(client: AsyncClient): Promise<void> {
    const isUnderWay = this.#looks.has(client)
    this.#looks.set(client, isUnderWay)
    if (isUnderWay) return
    try {
      for (let again: boolean | undefined = true; again; again = this.#looks.get(client)) {
        this.#looks.set(client, false)
        await this.#look(client)
      }
    } finally {
      // what `accept` throws is an uncaught error of the program, and no reason to look no more
      this.#looks.delete(client)
      if (this.#looks.size === 0) {
        this.#ended.clear()
        this.#answered.clear()
      }
    }
  }

  /** Looks for calls: this program's own go on, those that are gone end, and others may be taken over. */
  async #look(client: AsyncClient): Promise<void> {
    // not those that have begun since: theirs are the events of this link
    const known = [...this.#all]
      .filter(({ isPaused, setup }) => isPaused && setup.client.name === client.name)
      .map((call) => ({ call, link: call.link }))
    const ours = new Set(known.map(({ call }) => call.setup.uniqueid))
    const isOurs = (row: AmiEvent) => ours.has(row.get('Uniqueid') ?? '') || ownerOf(row) === this.#instance
    const { maxSessions = MAX_SESSIONS } = this.#options
    const most = known.length + maxSessions
    const rows = await rowsOf(client, (row) => isOurs(row) || isInAsyncAgi(row), most)
    for (const { call, link } of known) {
      // lost again meanwhile: it is looked for over the next link
      if (link.aborted) continue
      const row = rows?.get(call.setup.uniqueid)
      // without the right to look, it finds out by its next command; while EXEC runs an application, the channel is said
      // to be in that one (pbx_app.c: pbx_exec)
      if (!rows || (row && (row.isInAsyncAgi || call.mayRun))) call.resume()
      else call.lost('unknown')
    }
    if (this.#options.adopt === false) return
    for (const [uniqueid, row] of rows ?? []) {
      const key = keyOf(client.name, uniqueid)
      if (this.#calls.has(key) || this.#ended.has(key)) continue
      if (!row.isInAsyncAgi) {
        if (this.#answered.delete(key)) this.#looks.set(client, true)
        else remember(this.#busy, key)
      } else if (this.#mayAdopt(row)) this.#run(client, uniqueid, (call) => call.takeOver(row.request), { adopted: 1 })
    }
  }

  #mayAdopt({ owner, request }: SeenCall): boolean {
    if (owner === this.#instance) return true
    return owner === '' && this.#options.adopt === true && this.#isWanted(request)
  }

  #each(source: string, act: (call: AsyncCall) => void): void {
    for (const call of [...this.#all]) if (call.setup.client.name === source) act(call)
  }

  #clientOf(source: string): AsyncClient | undefined {
    if (!isFleet(this.#target)) return this.#target
    return this.#target.has(source) ? this.#target.get(source) : undefined
  }
}

function isFleet(target: AsyncClient | Fleet): target is Fleet {
  return Symbol.iterator in target
}

function keyOf(source: string, uniqueid: string): string {
  return `${source}\n${uniqueid}`
}

function remember(keys: Set<string>, key: string): void {
  keys.add(key)
  const [oldest] = keys
  if (keys.size > REMEMBERED && oldest !== undefined) keys.delete(oldest)
}
