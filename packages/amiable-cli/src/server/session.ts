import type { Client, ClientOptions, ReconnectPolicy } from 'amiable'
import { askSecret } from '../context/ask.ts'
import { secretFor } from '../context/secret.ts'
import { certificatesOf, type Target } from '../context/targets.ts'
import type { Common, Io } from '../io.ts'
import { visible } from '../output/visible.ts'
import { showTraffic } from './traffic.ts'

/** What a verb wants of a connection. */
export interface SessionOptions extends Partial<Pick<ClientOptions, 'events' | 'keepalive' | 'maxBacklog'>> {
  /** Milliseconds that an action may take. */
  readonly timeout?: number | undefined
  /** Whether a lost connection is made again. @default false */
  readonly stays?: boolean
}

/**
 * Connects and logs in. The caller closes the client.
 * @param prepare called before the client connects, so that listeners miss nothing
 */
export async function open(
  io: Io,
  common: Common,
  target: Target,
  options: SessionOptions,
  prepare?: (client: Client) => void,
): Promise<Client> {
  let worked = false
  const settings = await clientOptions(io, common, target, options, () => worked)
  // most of what a command loads: the page of a verb and the completion of its words need none of it
  const { createClient } = await import('./client.ts')
  const client = createClient(settings)
  report(io, common, client)
  if (common.verbose > 1) await showTraffic(io, client, common.verbose)
  prepare?.(client)
  const giveUp = () => client.destroy()
  io.signal.addEventListener('abort', giveUp, { once: true })
  try {
    await client.connect()
    worked = true
    return client
  } finally {
    io.signal.removeEventListener('abort', giveUp)
  }
}

/** Connects, does the work, and logs off whatever became of it. Takes a connection that is there already if it does. */
export async function withClient<T>(
  io: Io,
  common: Common,
  target: Target,
  options: SessionOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const isPlain = options.events === 'off' && options.timeout === undefined && common.verbose === 0
  const shared = isPlain ? io.shared?.(target.name) : undefined
  if (shared !== undefined) return await work(shared)
  const client = await open(io, common, target, options)
  try {
    return await work(client)
  } finally {
    await logOff(io, client)
  }
}

/** Milliseconds that a Logoff may take at the end, and where somebody waits who has pressed ^C. */
const LOGOFF = { patient: 2_000, interrupted: 300 } as const

/** Logs off and closes the connection. */
export async function logOff({ signal }: Pick<Io, 'signal'>, client: Client | undefined): Promise<void> {
  await client?.close({ timeout: signal.aborted ? LOGOFF.interrupted : LOGOFF.patient })
}

async function clientOptions(
  io: Io,
  common: Common,
  { name, context }: Target,
  { stays = false, timeout, ...options }: SessionOptions,
  hasWorked: () => boolean,
): Promise<ClientOptions> {
  const { host, port, username, tls = false } = context
  const ca = certificatesOf(context)
  const owner = `${username}@${host}`
  const canAsk = (io.isTerminal.in && common.input) || io.typed.has(owner)
  const prompt = canAsk ? (question: string) => typed(io, owner, question) : undefined
  const secret = secretFor(context.secret, owner, { env: io.env, prompt })
  // before anything is connected: a fault of it is no fault of the server
  let first: string | undefined = await secret()
  return {
    name,
    host,
    port,
    username,
    tls: tls && ca !== undefined ? { ca } : tls,
    secret: () => {
      const found = first ?? secret()
      first = undefined
      return found
    },
    actionTimeout: timeout,
    reconnect: stays ? again(hasWorked) : false,
    ...options,
  }
}

/** Asks for a secret, once. */
function typed(io: Io, owner: string, question: string): Promise<string> {
  const answer = io.typed.get(owner) ?? askSecret(question, io.signal)
  io.typed.set(owner, answer)
  return answer
}

const FIRST_DELAY = 250
const LONGEST_DELAY = 30_000
// a refused login is logged, and what reads that log may ban the address
const AFTER_REFUSAL = 3_000

/** Returns the delays between attempts once a login has worked: a first one that fails is the user's to mend. */
function again(hasWorked: () => boolean): ReconnectPolicy {
  return (attempt, cause) => {
    if (!hasWorked() || !(cause.retryable || cause.code === 'AMI_LOST')) return false
    const first = cause.code === 'AMI_AUTH' ? AFTER_REFUSAL : FIRST_DELAY
    return Math.min(first * 2 ** Math.min(attempt - 1, 16), LONGEST_DELAY) * (1 - Math.random() / 2)
  }
}

/** Prints what happens to the connection, with `-v`. */
function report(io: Io, { verbose }: Common, client: Client): void {
  if (verbose === 0) return
  const name = visible(client.name)
  const say = (text: string) => io.err.offer(`amiable: ${name}: ${visible(text).replace(`${name}: `, '')}`)
  void (async () => {
    for await (const status of client.status()) {
      if (status.type === 'connecting') say(`connecting, attempt ${status.attempt}`)
      else if (status.type === 'ready') say(`logged in, AMI ${status.version}`)
      else if (status.type === 'lost') say(`lost: ${status.error.message}`)
      else if (status.type === 'waiting') say(`again in ${(status.delay / 1000).toFixed(1)} s`)
      else if (status.type === 'closed') say('logged off')
    }
  })()
}
