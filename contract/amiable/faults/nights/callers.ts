import assert from 'node:assert/strict'
import type { LimitError, TimeoutError } from 'amiable'
import { codeOf } from './fault-session.ts'
import type { World } from './world.ts'

/** One call, what was promised of it and how it ended; times are the world's. */
interface Made {
  readonly id: string
  readonly action: string
  readonly retry: boolean
  readonly started: number
  readonly timeout: number
  ended?: number
  error?: unknown
}

/** Programs that use the client: they make calls, and remember what they were told. */
export class Callers {
  readonly made: Made[] = []
  readonly #world: World
  readonly #pending = new Set<Made>()
  #aborts: AbortController[] = []

  constructor(world: World) {
    this.#world = world
    const { server, random } = world
    server.handle('Rows', (_, reply) => {
      const rows = Array.from({ length: random.integer(0, 60) }, (_, n) => ['Row', { Number: n }] as const)
      reply.list({ complete: 'RowsComplete', rows })
      return undefined
    })
    server.handle('Slow', async (_, reply) => {
      await reply.delay(random.integer(10, 5_000))
      reply.success('At last')
    })
  }

  /** How many await their end. */
  get pending(): number {
    return this.#pending.size
  }

  /** Those that still wait, by name. */
  get waiting(): string {
    return [...this.#pending].map(({ action, id }) => `${action} (${id})`).join(', ')
  }

  /** Makes some calls, of any kind; a client that nobody has connected yet takes none. */
  some(): void {
    const { client } = this.#world
    if (client.state === 'idle') {
      assert.throws(() => client.send('Ping'), { code: 'AMI_ARGUMENT' })
      return
    }
    for (let n = this.#world.random.integer(1, 8); n > 0; n--) this.#one()
  }

  /** Makes many at once: more than may be in flight, and at times more than may wait. */
  many(): void {
    for (let n = this.#world.random.integer(20, 90); n > 0; n--) this.#one()
  }

  /** Aborts every call that was made with a signal. */
  abort(): void {
    for (const abort of this.#aborts.splice(0)) abort.abort(new Error('given up'))
  }

  #one(): void {
    const { random, client, clock } = this.#world
    const action = random.pick([
      'Ping',
      'UserEvent',
      'Setvar',
      'CoreSettings',
      'Rows',
      'list',
      'break',
      'Command',
      'Slow',
    ])
    const retry = random.chance(0.3) && !/UserEvent|Command/.test(action)
    const timeout = random.integer(50, 4_000)
    const id = `call-${this.made.length}`
    const made: Made = { id, action, retry, timeout, started: clock.now() }
    const abort = random.chance(0.4) ? new AbortController() : undefined
    if (abort) this.#aborts.push(abort)
    const options = { actionId: id, retry, timeout, signal: abort?.signal, queue: random.chance(0.9) }
    const send = (name: string, params = {}) => client.sendRaw(name, params, options)
    const call = {
      Ping: () => send('Ping'),
      UserEvent: () => send('UserEvent', { UserEvent: 'Chaos', Note: `${'n'.repeat(random.integer(0, 900))}` }),
      Setvar: () => send('Setvar', { Variable: 'CHAOS', Value: id }),
      CoreSettings: () => send('CoreSettings'),
      Rows: () => send('Rows'),
      list: () => client.listRaw('Rows', {}, options).toArray(),
      break: () => firstOf(client.listRaw('Rows', {}, options)),
      Command: () => client.command('core show version', options),
      Slow: () => send('Slow'),
    }[action] as () => Promise<unknown>
    this.made.push(made)
    this.#pending.add(made)
    const end = (error?: unknown) => {
      made.ended = clock.now()
      made.error = error
      this.#pending.delete(made)
    }
    call().then(() => end(), end)
  }

  /** The longest that a call took to its end, of those that ended since then and had begun before. */
  longestSince(moment: number): number {
    let longest = 0
    for (let n = this.made.length - 1; n >= 0; n--) {
      const { started, ended = moment } = this.made[n] as Made
      if (started < moment - 10_000) break
      longest = Math.max(longest, ended - moment)
    }
    return longest
  }

  /** What was told and is not so, by the server's own account of what it ran. */
  lies(): string[] {
    const runs = new Map<string, number>()
    for (const { actionId, outcome } of this.#world.server.calls) {
      if (outcome === 'executed') runs.set(actionId, (runs.get(actionId) ?? 0) + 1)
    }
    return this.made.flatMap((made) => {
      const lie = lieOf(made, runs.get(made.id) ?? 0)
      return lie === undefined ? [] : [`${made.action} (${made.id}): ${lie}`]
    })
  }
}

function lieOf({ error, retry, started, ended, timeout }: Made, runs: number): string | undefined {
  if (ended === undefined) return 'it is still pending'
  if (ended - started > timeout) return `it ended ${ended - started} ms after the call, ${timeout} were allowed`
  if (runs > 1 && !retry) return `it was run ${runs} times`
  if (error === undefined) return runs === 0 ? 'it was answered and never run' : undefined
  const code = codeOf(error)
  if (code === undefined) return (error as Error).message === 'given up' ? undefined : `it failed with ${error}`
  if (runs === 0 || retry) return undefined
  const { delivered } = error as TimeoutError
  if (delivered === 'no') return `${code} said that it had not left, and it was run`
  if (code === 'AMI_CLOSED') return 'it was refused by a closed client, and it was run'
  const { limit } = error as LimitError
  if (code === 'AMI_LIMIT' && limit.startsWith('max')) return `${limit} refused it, and it was run`
  return undefined
}

async function firstOf(list: AsyncIterable<unknown>): Promise<unknown> {
  for await (const row of list) return row
  return undefined
}
