import { type AmiError, AuthError, ConnectError, quoted } from '../errors.ts'
import { unguessableId } from '../util/action-id.ts'
import { isBanner } from '../util/banner.ts'
import { withoutEchoes } from '../util/echoes.ts'
import type { Encoding } from '../util/text.ts'
import { encodeAction } from '../wire/encoder.ts'
import { kindOf, type Message, titleOf } from '../wire/message.ts'

/** What a login needs. */
export interface Credentials {
  readonly source: string
  readonly username: string
  /** A function is asked at every login, so that a changed secret is used and none is kept. */
  readonly secret: string | (() => string | Promise<string>)
  readonly auth: 'md5' | 'plain'
  /** The event mask, as Asterisk reads it. */
  readonly events: string
  /** What the bytes of the secret are, as they stand in manager.conf. */
  readonly encoding: Encoding
}

/** What to do next: send these bytes, or nothing more because it is done, or give up. */
export type LoginStep = { send: string } | { done: true } | { error: AmiError }

/** The dialogue that a session begins with (manager.c:action_challenge, authenticate). */
export class Login {
  /** The last action, as it was written: nothing that comes before the server can have read it is its answer. */
  written: { readonly left: boolean } | undefined
  /** Whether the banner has come. */
  greeted = false
  /** Whether the server said `FullyBooted` in front of its answer: a relay may mix them up. */
  saidBooted = false
  #credentials: Credentials
  #challenging = false
  /** The ActionID of the last action: nobody but the server can know it. */
  #id = ''
  /** What must not be shown of the server's answer, until it comes: the login as it was sent, the challenge, the secret. */
  #sent = ''
  #challenge: string | undefined
  #secret = ''

  constructor(credentials: Credentials) {
    this.#credentials = credentials
  }

  /** Returns the first action, once the banner has come. What it promises comes. */
  start(): LoginStep | Promise<LoginStep> {
    this.greeted = true
    if (this.#credentials.auth === 'plain') return this.#login()
    this.#challenging = true
    this.#id = unguessableId()
    return { send: encodeAction({ name: 'Challenge', actionId: this.#id, params: { AuthType: 'MD5' } }) }
  }

  /** Whether a message answers what was sent last: an answer that comes twice proves nothing. */
  awaits(message: Message): boolean {
    const { actionId } = message
    if (kindOf(message) === 'event') this.saidBooted ||= titleOf(message) === 'FullyBooted'
    if (this.written?.left !== true || kindOf(message) !== 'response') return false
    return actionId === undefined || actionId === this.#id
  }

  /** Returns what follows from the server's answer. */
  answer(reply: Message): LoginStep | Promise<LoginStep> {
    this.written = undefined
    if (titleOf(reply).toLowerCase() !== 'success') {
      const hidden = `${this.#sent}Secret: ${this.#secret}\r\nChallengeKey: ${this.#challenge ?? ''}\r\n`
      this.#forget()
      return { error: refusal(this.#credentials, withoutEchoes(reply.get('Message') ?? 'no reason given', hidden)) }
    }
    this.#forget()
    if (!this.#challenging) return DONE
    const challenge = reply.get('Challenge')
    if (challenge === undefined) {
      const text = `${this.#credentials.source}: the server gave no challenge; try auth: 'plain'`
      return { error: new AuthError(text, { source: this.#credentials.source }) }
    }
    this.#challenging = false
    return this.#login(challenge)
  }

  #forget(): void {
    this.#sent = ''
    this.#challenge = undefined
    this.#secret = ''
  }

  #login(challenge?: string): LoginStep | Promise<LoginStep> {
    this.#challenge = challenge
    let secret: unknown
    try {
      const { secret: given } = this.#credentials
      secret = typeof given === 'string' ? given : given()
    } catch (cause) {
      return this.#noSecret(cause)
    }
    if (typeof secret === 'string') return this.#loginWith(secret)
    return Promise.resolve(secret).then(
      (given) => this.#loginWith(given),
      (cause) => this.#noSecret(cause),
    )
  }

  #noSecret(cause: unknown): LoginStep {
    const { source } = this.#credentials
    return { error: new AuthError(`${source}: the secret function failed`, { source, cause, retryable: true }) }
  }

  #loginWith(secret: unknown): LoginStep {
    const { source, username, events, encoding } = this.#credentials
    if (typeof secret !== 'string') return this.#noSecret(new TypeError('it gave no string'))
    if (encoding === 'latin1' && /[^\0-\xff]/.test(secret)) {
      const text = `${source}: the secret must hold latin1 characters only, as the option encoding says`
      return { error: new AuthError(text, { source }) }
    }
    this.#id = unguessableId()
    this.#secret = secret
    try {
      const params =
        this.#challenge === undefined
          ? { Username: username, Secret: secret, Events: events }
          : { Username: username, AuthType: 'MD5', Key: md5(this.#challenge + secret, encoding), Events: events }
      this.#sent = encodeAction({ name: 'Login', actionId: this.#id, params, encoding })
    } catch (cause) {
      return { error: new AuthError(`${source}: the login could not be made`, { source, cause }) }
    }
    return { send: this.#sent }
  }
}

const DONE: LoginStep = { done: true }

function md5(text: string, encoding: Encoding): string {
  const { hash, createHash } = process.getBuiltinModule('node:crypto')
  const bytes = Buffer.from(text, encoding)
  // not every Bun and Deno has the one that makes no object
  return hash === undefined ? createHash('md5').update(bytes).digest('hex') : hash('md5', bytes)
}

// more of a line is no banner
const LONGEST_BANNER = 100

/**
 * Returns the AMI version of a banner; empty where it has none, or is that of a proxy. Returns undefined for a line
 * that is no banner.
 */
export function versionOf(line: string): string | undefined {
  const text = line.slice(0, LONGEST_BANNER)
  if (!isBanner(text)) return undefined
  return /proxy/i.test(text) ? '' : (/\/(\d[\d.]*)/.exec(text)?.[1] ?? '')
}

function refusal({ source, username }: Credentials, text: string): AmiError {
  const why = `${source}: the login of ${username} was refused: ${quoted(text)}`
  // manager.c:process_message answers so to every action while a graceful shutdown is under way
  if (/shutting down/i.test(text)) return new ConnectError(why, { source })
  // an old session of this client may linger until the server notices that its socket is dead
  const lingering = /already in use/i.test(text)
  return new AuthError(why, { source, retryable: lingering })
}
