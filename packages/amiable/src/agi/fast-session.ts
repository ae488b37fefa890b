import type { Duplex } from 'node:stream'
import { checkEach, checkFunction, got } from '../check.ts'
import { publish } from '../diagnostics.ts'
import { invalid } from '../errors.ts'
import type { Timer } from '../util/clock.ts'
import { FastConnection } from './fast-connection.ts'
import { type AgiEnd, type AgiHandler, conduct, wants } from './handler.ts'
import { AgiSession } from './session.ts'
import { type ResolvedOptions, resolve, SESSION_CHECKS, type SessionOptions } from './session-options.ts'

/** What watches a connection. */
export interface Watcher {
  began(session: AgiSession): void
  late(): void
  outOfStep(): void
  /** Reports that a handler kept a call that was gone for longer than `hangupGrace`. */
  overstayed(): void
}

/**
 * Serves one connection of FastAGI that you bring: a socket of your own listener, or Asterisk's script protocol on a
 * pair of pipes. Resolves when the session has ended, with how; rejects for whoever is no Asterisk.
 * @throws {ArgumentError} at once for an option that is wrong
 */
export function serveAgi(stream: Duplex, handler: AgiHandler, options: SessionOptions = {}): Promise<AgiEnd> {
  const { on, write, end, destroy } = (stream ?? {}) as Partial<Duplex>
  if ([on, write, end, destroy].some((method) => typeof method !== 'function')) {
    throw invalid('stream', `must be a duplex stream, ${got(stream)}`)
  }
  checkFunction('handler', handler)
  const given = resolve(checkEach<SessionOptions>('', options, SESSION_CHECKS))
  const nobody = { began() {}, late() {}, outOfStep() {}, overstayed() {} }
  return serve(stream, handler, given, 'agi', nobody).then((ended) => {
    if (ended.by === 'failed') given.onHandlerError?.(ended.error, ended.session)
    const { session, ...end } = ended
    return end
  })
}

/** Serves one connection from its environment to its end. */
export async function serve(
  stream: Duplex,
  handler: AgiHandler,
  options: ResolvedOptions,
  source: string,
  watcher: Watcher,
): Promise<AgiEnd & { readonly session: AgiSession }> {
  const { control, hangupGrace, maxQueued } = options
  const connection = new FastConnection(stream, {
    ...options,
    source,
    outOfStep: () => watcher.outOfStep(),
    stop: (Channel) => void control?.sendRaw('ControlPlayback', { Channel, Control: 'stop' }).catch(() => {}),
  })
  const { clock } = connection
  const request = await connection.request
  if (!wants(handler, request)) {
    connection.release(true)
    await connection.closed
    throw invalid('path', 'is unknown: the router has no such route', source)
  }
  let grace: Timer | undefined
  const session: AgiSession = new AgiSession({
    request,
    source,
    wire: connection,
    clock,
    maxQueued,
    late: () => watcher.late(),
    gone() {
      if (session.state !== 'dead') return
      grace = clock.setTimeout(() => {
        watcher.overstayed()
        connection.destroy()
      }, hangupGrace)
    },
  })
  connection.attach(session.exchange)
  watcher.began(session)
  const facts = { source, transport: 'fast', uniqueid: request.uniqueid } as const
  publish('agi:session', () => ({ ...facts, state: 'began' }))
  const ended = await conduct(session, handler)
  clock.clearTimeout(grace)
  session.exchange.finish(ended.by === 'failed')
  await connection.closed
  publish('agi:session', () => ({ ...facts, state: 'ended' }))
  return { ...ended, session }
}
