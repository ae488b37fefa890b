import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type AmiEvent, type Client, type ClientOptions, connect } from 'amiable'
import { RawClient } from '../../tools/testbed/raw-client.ts'
import type { Target } from '../targets.ts'

/** The options for an account of the target; a lost link is a failure here, so nothing reconnects. */
export function optionsFor(target: Target, options: Partial<ClientOptions> & { account?: string } = {}): ClientOptions {
  const { account, ...others } = options
  const username = account ?? target.username
  const secret = account === undefined ? target.secret : (target.accounts[account] ?? '')
  return { host: target.host, port: target.port, username, secret, reconnect: false, ...others }
}

/** Over TLS, trusting the target's authority. */
export function overTls(target: Target): Partial<ClientOptions> {
  if (target.tls === undefined) throw new Error(`${target.name} has no TLS port`)
  return { host: 'localhost', port: target.tls.port, tls: { ca: target.tls.ca } }
}

/**
 * Runs `body` with a client that is logged in, and then proves that it left nothing behind: no call in flight, no
 * answer that belonged to nobody, no bytes that were not AMI.
 */
export async function withClient<T>(
  target: Target,
  body: (ami: Client) => Promise<T>,
  options: Partial<ClientOptions> & { account?: string } = {},
): Promise<T> {
  await using ami = await connect(optionsFor(target, options))
  const result = await body(ami)
  assertClean(ami)
  return result
}

/** A session without the library, logged in and without events: what the server itself does with bytes. */
export async function openRaw(target: Target): Promise<RawClient> {
  const session = await RawClient.open(target.port, false, target.host)
  await session.ask({ Action: 'Login', Username: target.username, Secret: target.secret, Events: 'off' })
  return session
}

/** Resolves when `listener` has heard every event that the actions of `speaker` have raised by themselves. */
export async function heardBy(listener: Client, speaker: Client): Promise<void> {
  // manager.c:action_userevent answers first: its event has been raised when the session's next action is answered
  await speaker.send('Ping')
  // a session writes the events that have been raised before it answers
  await listener.send('Ping')
}

/** The global variable that is set to find out how far the events have come. */
export const FENCE = 'AMIABLE_FENCE'

/**
 * Resolves when a client has heard what the server's channels, bridges and devices have said up to now: they say it on
 * another way than answers and AGI take. A global variable's VarSet comes behind it, by the same router (manager_channels.c).
 */
export async function caughtUp(ami: Client): Promise<void> {
  const Value = randomUUID()
  const back = nextEvent(ami, 'VarSet', (event) => event.get('Value') === Value, 'the fence behind all events')
  await ami.send('Setvar', { Variable: FENCE, Value })
  await back
}

/** No call in flight, no answer that belonged to nobody, no bytes that were not AMI. */
export function assertClean(ami: Client): void {
  const { inFlight, queued, unclaimedReplies, faults, dropped } = ami.stats()
  assert.deepEqual(
    { inFlight, queued, unclaimedReplies, faults, dropped },
    { inFlight: 0, queued: 0, unclaimedReplies: 0, faults: 0, dropped: 0 },
  )
}

// only against hanging: under load a Setvar waits for Asterisk's database, and that for the disk
const PATIENCE = 30_000

/**
 * The first event from now on that fits, to be called before what causes it; rejects after {@link PATIENCE} ms without one.
 * Events that a pending action claims are seen too.
 */
export function nextEvent(
  ami: Client,
  name: string,
  fits: (event: AmiEvent) => boolean = () => true,
  what = `the event ${name}`,
): Promise<AmiEvent> {
  const found = new Promise<AmiEvent>((resolve, reject) => {
    const late = setTimeout(() => {
      listener.remove()
      reject(new Error(`${what} did not come within ${PATIENCE / 1000} s`))
    }, PATIENCE)
    const listener = ami.on(
      (event) => event.Event === name && fits(event),
      (event) => {
        clearTimeout(late)
        listener.remove()
        resolve(event)
      },
      { all: true },
    )
  })
  // an action that fails first is what the test is told of
  found.catch(() => {})
  return found
}
