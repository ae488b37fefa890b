import { AmiError, type Client, createClient, getQueues, type Status } from 'amiable'
import type { Target } from '../../targets.ts'
import { firstReady } from './restart.ts'

/** What each of them may take, in milliseconds. */
const DIAL = 15_000
const READ = 20_000
const BOOT = 10_000
/** How much later a busy machine may tell. */
const LATE = 3_000

/** Between one and the next of a kind. */
const PACE = 20

// what is no word about the number
const NOT_TO_BLAME: readonly string[] = ['notBooted', 'noDriver', 'shutDown']

type Place = Pick<Target, 'host' | 'port' | 'accounts'>

/** What programs lived through, and what was wrong with it. */
export interface Lived {
  /** How often a call was answered. */
  answered: number
  /** How often a queue was read. */
  read: number
  /** How often a call or a read was lost, refused for now, or not dialled. */
  disturbed: number
  readonly wrong: string[]
}

/** Dials good numbers and reads queues under each account, from first to last, while `night` restarts the server. */
export async function liveThrough(
  target: Place,
  usernames: readonly string[],
  channels: readonly string[],
  night: (lived: Lived) => Promise<void>,
): Promise<Lived> {
  const lived: Lived = { answered: 0, read: 0, disturbed: 0, wrong: [] }
  let over = false
  const lives = Promise.all(usernames.map((username) => live(target, username, channels, lived, () => over)))
  try {
    await night(lived)
  } finally {
    over = true
    await lives
  }
  return lived
}

async function live(
  { host, port, accounts }: Place,
  username: string,
  channels: readonly string[],
  lived: Lived,
  over: () => boolean,
): Promise<void> {
  const secret = accounts[username] ?? ''
  const reconnect = { initialDelay: 10, maxDelay: 50 }
  const client = createClient({ host, port, username, secret, reconnect, bootTimeout: BOOT })
  let last: Status | undefined
  const watched = (async () => {
    for await (const status of client.status()) last = status
  })()
  const wrong = (what: string) => {
    const since = last?.type === 'ready' ? `ready, booted: ${last.booted}` : last?.type
    lived.wrong.push(`${username} (${since}): ${what}`)
  }
  // again and again, each within its time, which a boot makes longer
  const repeat = async (what: string, allowance: number, once: () => Promise<void>) => {
    while (!over()) {
      const began = performance.now()
      await once().catch((error: AmiError) => {
        lived.disturbed++
        // an account may be refused for good what it has no right to, and nothing else
        if (error.code === 'AMI_REFUSED' && !error.retryable) wrong(`${what}: ${error}`)
        if (!['AMI_REFUSED', 'AMI_LOST'].includes(error.code)) wrong(`${what}: ${error}`)
      })
      const took = performance.now() - began
      if (took > allowance + BOOT + LATE) wrong(`${what} took ${Math.round(took)} ms`)
      await new Promise((resolve) => setTimeout(resolve, PACE))
    }
  }
  // it goes on by itself where the first attempt fails
  const statuses = client.status()
  client.connect().catch(() => {})
  await firstReady(statuses)
  let turn = 0
  await Promise.all([
    repeat('a call', DIAL, async () => {
      const Channel = channels[turn++ % channels.length] as string
      const dial = { Channel, Application: 'Wait', Data: 1, Timeout: 1_000 }
      const { outcome, meaning } = await client.originate(dial, { timeout: DIAL, queue: turn % 3 === 0 })
      if (outcome === 'answered') lived.answered++
      else if (NOT_TO_BLAME.includes(outcome)) lived.disturbed++
      else if (outcome !== 'noAnswer') wrong(`${Channel}: ${outcome}, ${meaning}`)
    }),
    repeat('a read', READ, async () => {
      const queues = await getQueues(client, { timeout: READ })
      lived.read++
      if (queues.length < 2) wrong(`only ${queues.length} queues`)
    }),
    repeat('a list', READ, async () => {
      for await (const _ of client.list('QueueSummary', {}, { timeout: READ })) lived.read++
    }),
    repeat('a read that is to be sent again', READ, () => readAgain(client, wrong)),
  ])
  await client.close()
  await watched
}

// what asks for it is read through every restart
async function readAgain(client: Client, wrong: (what: string) => void): Promise<void> {
  try {
    await client.send('QueueStatus', undefined, { retry: true, timeout: READ })
  } catch (error) {
    wrong(`a read that is to be sent again: ${error instanceof AmiError ? error.message : error}`)
  }
}
