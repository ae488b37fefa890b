// One request from its message to its reply. Each way out says whether Asterisk can have seen the action.
import { AmiError, type Client } from 'amiable'
import type { Delivery, ReplyBody } from '../schema/action.ts'
import { type AuditRecord, auditedCaller, auditedName, auditedNames, targetOf } from './audit.ts'
import { type AnswerRules, type Caller, callerOf } from './caller.ts'
import { type ClaimHost, channelIdOf, claimKey } from './claim.ts'
import { classOfRequest } from './classes.ts'
import { RateLimit, Underway } from './limits.ts'
import { type Performed, perform, performInPieces, replyText } from './perform.ts'
import { Refused, refusedBy, statusOf } from './refused.ts'
import { type ActionRequest, type Address, addressOf, type IncomingRequest, requestOf } from './request.ts'
import { FlowWindow } from './rows.ts'
import { type ActionRules, denialOf } from './rules.ts'

/** What the configuration says of actions. */
export interface ActionSettings extends ActionRules, AnswerRules {
  /** How many requests a caller may make in a second. */
  readonly perCaller: number
  readonly inFlight: number
  readonly queued: number
  /** The classes whose requests must say when they expire. */
  readonly requireExpires: readonly string[]
}

/** How many lists a caller may read in pieces at once: the rows wait here until he acknowledges them. */
const LISTS_AT_ONCE = 8
/** The part of a server's places that no caller alone may take. */
const FOR_OTHERS = 1 / 16
/** A reply under a key is kept as it is if it is so small, or if the caller has had no more than so much in an hour. */
const SMALL = 1_024
const KEPT_BYTES = 16 * 1_048_576
const KEPT_SECONDS = 3_600
/** A reply, or a piece of a list, has no more. */
const PIECE_BYTES = 512 * 1024
const HEADER_BYTES = 4_096
const HEADER_TEXT = 512

/** Headers of a message. */
export type Headers = Readonly<Record<string, string>>

/** What the handler needs of the world. */
export interface HandlerHost extends ClaimHost {
  readonly prefix: string
  readonly settings: ActionSettings
  /** Returns the acting session of a server that is ready; `any` is whichever is. */
  client(server: string): { readonly name: string; readonly client: Client } | undefined
  /** Whether this gateway's clock agrees with the store's. */
  isClockRight(): boolean
  /** The most bytes that a message may have: a server may take fewer than others. */
  maxPayload(): number
  /** Sends a reply; `ack` is where a piece is acknowledged. */
  answer(subject: string, body: string, headers?: Headers, ack?: string): void
  /** Opens a subject on which pieces are acknowledged. */
  openFlow(onAcknowledged: () => void): { readonly subject: string; close(): void }
  audit(record: AuditRecord): void
  /** Reports what became of a request, for metrics. */
  observe(seen: Observed): void
  /** Reports what the gateway could not do, such as keeping a reply. */
  complain(what: string): void
}

/** What became of a request. */
export interface Observed {
  readonly server: string
  /** The action's name, or `other` for one that the table does not know. */
  readonly action: string
  readonly outcome: string
  readonly delivered: Delivery
  readonly rule: string | undefined
  readonly replayed: boolean
  readonly ms: number
}

/** A request at work. */
interface Job {
  readonly message: IncomingRequest
  readonly began: number
  caller: Caller | undefined
  address: Address | undefined
  request: ActionRequest | undefined
  /** The server that `any` became. */
  server: string | undefined
}

/** Carries out what the rules allow. */
export class ActionHandler {
  readonly #host: HandlerHost
  readonly #rate: RateLimit
  readonly #kept: RateLimit
  /** By server, and by server and caller. */
  readonly #underway = new Underway()
  /** By caller. */
  readonly #lists = new Underway()

  constructor(host: HandlerHost) {
    this.#host = host
    const now = () => performance.now()
    this.#rate = new RateLimit(host.settings.perCaller, now)
    this.#kept = new RateLimit(KEPT_BYTES / KEPT_SECONDS, now, KEPT_BYTES)
  }

  /** How many requests are under way for a server. */
  underway(server: string): number {
    return this.#underway.of(server)
  }

  /** Handles a request to its end. It never rejects. */
  async handle(message: IncomingRequest): Promise<void> {
    const began = performance.now()
    const job: Job = { message, began, caller: undefined, address: undefined, request: undefined, server: undefined }
    job.caller = callerOf(message, this.#host.settings)
    if (job.caller === undefined) {
      // there is nowhere to say it
      const text = 'the reply subject must be the inbox of a team'
      const rule = this.#rate.take('elsewhere') ? 'reply' : 'rate'
      this.#report(job, new Refused('GW_DENIED', text, { rule }))
      return
    }
    try {
      const reply = await this.#carryOut(job, job.caller)
      this.#answer(job, replyText(reply, this.#mostBytes), undefined)
      this.#report(job, reply)
    } catch (error) {
      if (!(error instanceof Refused) && !AmiError.is(error)) this.#host.complain(`a request failed: ${String(error)}`)
      this.#refuse(job, refusedBy(error))
    }
  }

  async #carryOut(job: Job, caller: Caller): Promise<ReplyBody> {
    const { prefix, settings, now } = this.#host
    if (!this.#rate.take(caller.bucket)) {
      throw new Refused('AMI_LIMIT', `a caller must ask at most ${settings.perCaller} times a second`, {
        retryable: true,
        rule: 'rate',
      })
    }
    const address = addressOf(job.message.subject, prefix)
    job.address = address
    const request = requestOf(job.message, address, now())
    job.request = request
    this.#judge(request)
    const { name, client } = this.#serverOf(address)
    job.server = name
    const most = settings.inFlight + settings.queued
    const own = `${name} ${caller.bucket}`
    if (!this.#underway.begin(own, most - Math.floor(most * FOR_OTHERS)))
      throw busy(`${name} must finish your other actions first`)
    try {
      if (!this.#underway.begin(name, most)) throw busy(`${name} must finish other actions first`)
      try {
        return await this.#run(job, request, { name, client, caller: caller.bucket })
      } finally {
        this.#underway.end(name)
      }
    } finally {
      this.#underway.end(own)
    }
  }

  #judge(request: ActionRequest): void {
    const { settings } = this.#host
    const variables = request.variables.map(([name, value]) => [name, String(value)] as const)
    const denial = denialOf({ ...request, params: request.judged, variables }, settings)
    if (denial !== undefined) throw new Refused('GW_DENIED', denial.message, { rule: denial.rule })
    const { action, server, expires, judged } = request
    const group = classOfRequest(action, judged)
    if (server === 'any' && group !== 'read') {
      throw new Refused('GW_DENIED', `any cannot be asked for class ${group}: name the server`, { rule: 'any' })
    }
    if (expires === undefined && settings.requireExpires.includes(group)) {
      throw new Refused(
        'GW_DENIED',
        `Amiable-Expires is missing: class ${group} needs it, since a late request must not run`,
        {
          rule: 'expires',
        },
      )
    }
  }

  #serverOf({ server }: Address): { readonly name: string; readonly client: Client } {
    if (!this.#host.isClockRight()) {
      throw new Refused('GW_UNAVAILABLE', "this gateway's clock differs from the store's by more than a second", {
        retryable: true,
      })
    }
    const found = this.#host.client(server)
    if (found !== undefined) return found
    throw new Refused('GW_UNAVAILABLE', `${server} cannot be reached by this gateway now`, { retryable: true })
  }

  async #run(
    job: Job,
    request: ActionRequest,
    { name, client, caller }: { name: string; client: Client; caller: string },
  ): Promise<ReplyBody> {
    const { key } = request
    const timeout = this.#timeLeft(request)
    if (request.rows !== undefined) return this.#reply(job, await this.#performInPieces(job, request, client, caller))
    if (key === undefined) return this.#reply(job, await perform(client, request, timeout, undefined))
    const claim = await claimKey({ ...request, key }, { server: name, caller, timeout }, this.#host)
    if ('replay' in claim) return claim.replay
    const channelId = channelIdOf(caller, name, key)
    try {
      // the store took its time
      const reply = this.#reply(job, await perform(client, request, this.#timeLeft(request), channelId))
      replyText(reply, this.#mostBytes)
      await claim
        .keep(this.#keptOf(reply, caller))
        .catch(() => this.#host.complain('the reply to a key could not be kept'))
      return reply
    } catch (error) {
      const refused = refusedBy(error)
      const ran = refused.delivered !== 'no' && !(refused.code === 'AMI_REFUSED' && refused.retryable)
      const settled = ran ? claim.keep(this.#keptOf(this.#failure(job, refused), caller)) : claim.giveBack()
      await settled.catch(() => this.#host.complain('the end of a key could not be kept'))
      throw error
    }
  }

  /** Returns what is kept of a reply: the store of keys is for all callers, and none of them alone may fill it. */
  #keptOf(reply: ReplyBody, caller: string): ReplyBody {
    const bytes = Buffer.byteLength(JSON.stringify(reply))
    if (bytes <= SMALL || this.#kept.take(caller, bytes)) return reply
    const { response, events, outcome, ...rest } = reply
    return rest
  }

  /** Returns how long an action may take: as asked for, and not past its expiry. */
  #timeLeft({ timeout, expires }: ActionRequest): number {
    if (expires === undefined) return timeout
    const left = expires - this.#host.now()
    if (left > 0) return Math.min(timeout, left)
    throw new Refused('GW_EXPIRED', `the request has expired ${-left} ms ago and was not sent`)
  }

  async #performInPieces(job: Job, request: ActionRequest, client: Client, caller: string): Promise<Performed> {
    if (!this.#lists.begin(caller, LISTS_AT_ONCE)) {
      throw busy(`a caller must read at most ${LISTS_AT_ONCE} lists in pieces at once`)
    }
    const window = new FlowWindow()
    const flow = this.#host.openFlow(() => window.acknowledge())
    const send = (text: string) => this.#answer(job, text, undefined, flow.subject)
    const limits = { rows: request.rows ?? 1, timeout: this.#timeLeft(request), mostBytes: this.#mostBytes }
    try {
      return await performInPieces(client, request, limits, { send, window })
    } finally {
      flow.close()
      this.#lists.end(caller)
    }
  }

  #reply(job: Job, performed: Performed): ReplyBody {
    return { ok: true, ...this.#frame(job), delivered: 'yes', ...performed }
  }

  #failure(job: Job, refused: Refused): ReplyBody {
    const { delivered, channelId, response } = refused
    return {
      ok: false,
      ...this.#frame(job),
      delivered,
      error: refused.toReply(),
      ...(channelId !== undefined && { channelId }),
      ...(response !== undefined && { response: response as Record<string, unknown> }),
    }
  }

  /** The most bytes of a body: headers take the rest of a message, and a piece takes a little more than its rows. */
  get #mostBytes(): number {
    return Math.min(PIECE_BYTES, this.#host.maxPayload() - HEADER_BYTES)
  }

  #frame({ began, server, address }: Job): Pick<ReplyBody, 'server' | 'gateway' | 'ms'> {
    const ms = Math.round(performance.now() - began)
    return { server: server ?? address?.server ?? null, gateway: this.#host.gateway, ms }
  }

  #refuse(job: Job, refused: Refused): void {
    const { code, message } = refused
    const headers = {
      'Nats-Service-Error-Code': String(statusOf(code)),
      'Nats-Service-Error': `${code}: ${message.slice(0, HEADER_TEXT).replace(/[\r\n]+/g, ' ')}`,
    }
    const failure = this.#failure(job, refused)
    const whole = JSON.stringify(failure)
    const { response, error, ...rest } = failure
    const short = { ...rest, error: { ...error, message: message.slice(0, HEADER_TEXT) } }
    this.#answer(job, Buffer.byteLength(whole) <= this.#mostBytes ? whole : JSON.stringify(short), headers)
    this.#report(job, refused)
  }

  #answer({ message, request }: Job, body: string, headers: Headers | undefined, ack?: string): void {
    const { reply } = message
    if (reply === undefined) return
    this.#host.answer(reply, body, headers, ack)
    // ADR-47: an empty message ends what comes in several
    if (request?.rows !== undefined && ack === undefined) this.#host.answer(reply, '')
  }

  #report(job: Job, result: ReplyBody | Refused): void {
    const { message, address, request, caller, began } = job
    const failed = result instanceof Refused
    const replayed = !failed && result.replayed === true
    const outcome = failed ? result.code : result.ok ? 'ok' : (result.error?.code ?? 'error')
    const rule = failed ? result.rule : undefined
    const ms = Math.round(performance.now() - began)
    const action = address === undefined ? 'other' : auditedName(address.action.name)
    const server = job.server ?? address?.server ?? '-'
    const { delivered } = result
    this.#host.observe({ server, action, outcome, delivered, rule, replayed, ms })
    // a flood that the limits stop must not become a flood of the audit
    if (rule === 'rate' || rule === 'underway') return
    const target = targetOf(request?.judged)
    this.#host.audit({
      v: 1,
      at: new Date(this.#host.now()).toISOString(),
      gateway: this.#host.gateway,
      server,
      action,
      class: address?.class ?? '-',
      caller: auditedCaller(caller, message.reply),
      ...(target !== undefined && { target }),
      params: auditedNames(request?.judged),
      outcome,
      ...(rule !== undefined && { rule }),
      delivered,
      ...(replayed && { replayed }),
      ms,
    })
  }
}

function busy(message: string): Refused {
  return new Refused('AMI_LIMIT', message, { retryable: true, rule: 'underway' })
}
