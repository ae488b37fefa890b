// Callers that ask for calls under keys, again and again until each has its end, while gateways, NATS and Asterisk come
// and go. The dialplan counts: each call that is made says its id in an event of its own.
import { setTimeout as wait } from 'node:timers/promises'
import { connect } from '@nats-io/transport-node'
import type { Target } from '../targets.ts'
import { ask } from './actions.ts'
import { PlainSession } from './support/plain-session.ts'

const PERIOD = 700
const TRIES = 60
const AGAIN = 500

/** What became of all calls. */
export interface Calls {
  readonly asked: number
  readonly answered: number
  readonly unknown: number
  readonly refused: number
  /** The ids of calls that were made more than once. */
  readonly twice: readonly string[]
}

/** Begins to call; `end` waits for what is under way. */
export async function callUnderKeys(target: Target, servers: string[]) {
  const counts = new Map<string, number>()
  const counter = new PlainSession(target, 'user', ({ UserEvent, Uniqueid }) => {
    if (UserEvent === 'Lab') counts.set(String(Uniqueid), (counts.get(String(Uniqueid)) ?? 0) + 1)
  })
  await counter.open()
  const connection = await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 100, pingInterval: 1_000 })
  const result = { asked: 0, answered: 0, unknown: 0, refused: 0, twice: [] as string[] }
  const work = new Set<Promise<void>>()
  const params = { Channel: 'Local/answered@default/n', Context: 'default', Exten: 'userevent', Priority: 1 }
  const one = async (key: number) => {
    const given = {
      'Amiable-Key': `storm-${key}`,
      'Amiable-Expires': String(Date.now() + 600_000),
      'Amiable-Timeout': '2000',
    }
    // two at once, as of callers that are in a hurry
    const dial = () =>
      Promise.all([1, 2].map(() => ask(connection, 'ami.action.pbx1.call.Originate', { params }, given)))
    for (let n = 0; n < TRIES; n++) {
      for (const reply of await dial()) {
        if (reply?.ok) return void result.answered++
        if (reply?.error?.retryable === false && reply.error.code !== 'GW_IN_PROGRESS') {
          return void (reply.delivered === 'unknown' ? result.unknown++ : result.refused++)
        }
      }
      await wait(AGAIN)
    }
    result.refused++
  }
  const timer = setInterval(() => {
    const done = one(++result.asked)
    work.add(done)
    void done.finally(() => work.delete(done))
  }, PERIOD)
  const end = async () => {
    clearInterval(timer)
    await Promise.all(work)
    // the last ones have been made by then
    await wait(2_000)
    counter.close()
    await connection.close()
    result.twice.push(...[...counts].filter(([, count]) => count > 1).map(([id]) => id))
  }
  return { result: result as Calls, end }
}
