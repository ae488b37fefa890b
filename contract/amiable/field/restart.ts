import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ActionError, type Client, type ClientOptions, createClient, getQueues, type Status } from 'amiable'
import { accepts, until } from '../../../tools/servers/asterisk/process.ts'
import { RawClient } from '../../../tools/testbed/raw-client.ts'
import type { OurAsterisk, Target } from '../../targets.ts'

/** A big installation: it boots for a second or more, and takes logins most of the time. */
const PHONES = 2_000
const BOOT_TIMEOUT = 60_000
/** How long a call that is dialled again and again may take to be answered. */
const BOUND = 10_000
/** Between one call and the next. */
const PACE = 5
/** The test's own, pjsip.conf's and those that a big installation has. */
const ENDPOINTS = 3 + PHONES

/** What a restart was like for those who came back. */
interface Restart {
  /** Whether a plain session, which came as early as can be, was refused what its server could not do yet. */
  readonly refusedEarly: boolean
  readonly accounts: readonly Account[]
}

interface Account {
  readonly username: string
  /** How long there was no link, in milliseconds. */
  readonly gap: number
  /** What went wrong; empty: everything was read and dialled right. */
  readonly wrong: string[]
}

// with the read right `system`, without it but with the CLI, without both, and with nothing but calls
const ACCOUNTS = ['frank', 'operator', 'nosystem', 'calls'] as const
// who can know of a boot at a first login
const KNOWING: readonly string[] = ['frank', 'operator']

/** Does what a program does at a `ready` with a gap, and says what went wrong. */
async function reads(ami: Client, username: string): Promise<string[]> {
  const wrong: string[] = []
  const check = async (what: string, read: Promise<unknown>, least?: (value: never) => boolean) => {
    try {
      const value = await read
      if (least && !least(value as never)) wrong.push(`${what}: ${JSON.stringify(value)}`)
    } catch (error) {
      wrong.push(`${what}: ${error}`)
    }
  }
  const dialled = ami.originate({ Channel: 'Local/wait@default', Application: 'Wait', Data: 1 })
  const rows = (action: string) => ami.listRaw(action).toArray()
  const many = (n: number) => (events: { length: number }) => events.length >= n
  await Promise.all([
    check('originate', dialled, ({ outcome }: { outcome: string }) => outcome === 'answered'),
    check('getQueues', getQueues(ami), many(2)),
    ...(username === 'frank'
      ? [
          check('ExtensionStateList', rows('ExtensionStateList'), many(PHONES)),
          check('PJSIPShowEndpoints', rows('PJSIPShowEndpoints'), many(ENDPOINTS)),
        ]
      : []),
  ])
  return wrong
}

/** Restarts a big server under clients that are logged in, and does at their next `ready` what a program does. */
async function restart(target: OurAsterisk): Promise<Restart> {
  const clients = ACCOUNTS.map((username) => clientOf(target, username))
  try {
    const back = await Promise.all(
      clients.map(async ([username, client]) => {
        const statuses = client.status()
        await client.connect()
        // what the next login compares with is asked for behind the first
        await client.send('Ping')
        return { username, client, statuses }
      }),
    )
    const restarted = target.server.restart('now')
    const early = refusedEarly(target, restarted)
    const accounts = await Promise.all(
      back.map(async ({ username, client, statuses }): Promise<Account> => {
        const { gap, booted } = await readyAgain(statuses)
        const wrong = await reads(client, username)
        if (booted !== true) wrong.push(`booted: ${booted}`)
        return { username, gap, wrong }
      }),
    )
    return { refusedEarly: await early, accounts }
  } finally {
    await Promise.all(clients.map(([, client]) => client.close()))
  }
}

function accountOf({ host, port, accounts }: Target, username: string): ClientOptions {
  return { host, port, username, secret: accounts[username] ?? '' }
}

function clientOf(target: Target, username: string, options: Partial<ClientOptions> = {}): [string, Client] {
  // as early as can be
  const reconnect = { initialDelay: 10, maxDelay: 50 }
  return [username, createClient({ ...accountOf(target, username), reconnect, ...options })]
}

async function readyAgain(statuses: AsyncIterable<Status>): Promise<{ gap: number; booted: unknown }> {
  for await (const status of statuses) {
    if (status.type === 'ready' && status.gap !== null) return { gap: status.gap, booted: status.booted }
  }
  throw new Error('the client ended')
}

/** Whether a plain session that comes as early as can be is refused to read the queues, by the time the boot is over. */
async function refusedEarly({ port }: OurAsterisk, boot: Promise<void>): Promise<boolean> {
  let over = false
  let refused = false
  let last: RawClient | undefined
  const ended = boot.finally(() => {
    over = true
    // one that the old server accepted last is never answered, and stays open (see `gone`)
    last?.socket.destroy()
  })
  await until('a refusal, or the end of the boot', BOOT_TIMEOUT, async () => {
    try {
      using session = await RawClient.open(port)
      last = session
      await session.login()
      // the old server answers as well, until it goes
      while (!over && !refused) refused = /Invalid\/unknown command/.test(await session.ask({ Action: 'QueueStatus' }))
    } catch {
      // nobody listens, or the old server went
    }
    return over || refused
  })
  await ended
  return refused
}

// a busy machine may look only when the boot is over: that restart proves nothing, and another one follows
const MOST_RESTARTS = 5

/** Restarts a big installation so many times; nothing may be refused, and no good number may fail. */
export function bigRestarts(target: OurAsterisk, times: number, log: (figures: string) => void = () => {}): void {
  test(`${target.name} with ${PHONES} phones restarts ${times} times: who comes back reads and dials right`, async () => {
    await target.server.asLarge(PHONES, async () => {
      const seen: Restart[] = []
      const proving = () => seen.filter(({ refusedEarly }) => refusedEarly).length
      while (proving() < times && seen.length < times + MOST_RESTARTS) seen.push(await restart(target))
      for (const username of ACCOUNTS) {
        const own = seen.map(({ accounts }) => accounts.find((one) => one.username === username) as Account)
        const right = own.filter(({ wrong }) => wrong.length === 0).length
        const gaps = own.map(({ gap }) => gap).sort((a, b) => a - b)
        log(
          `${target.name}, ${username}: ${right} of ${seen.length} right; without a link for ${gaps[0]} to ${gaps.at(-1)} ms`,
        )
        assert.deepEqual(
          own.flatMap(({ wrong }) => wrong),
          [],
          username,
        )
      }
      assert.equal(
        proving(),
        times,
        'a plain session must have come in the middle of each boot, or this proves nothing',
      )
    })
  })

  test(`${target.name} with ${PHONES} phones: who logs in for the first time while it boots`, async () => {
    await target.server.asLarge(PHONES, async () => {
      const before = target.server.bootMark()
      const restarted = target.server.restart('now')
      await gone(target, before)
      const firsts = ACCOUNTS.map((username) => clientOf(target, username, { reconnect: () => 10 }))
      try {
        await Promise.all([
          restarted,
          ...firsts.map(async ([username, client]) => {
            const statuses = client.status()
            // it goes on by itself where the first attempt fails
            client.connect().catch(() => {})
            const ready = await firstReady(statuses)
            if (KNOWING.includes(username)) {
              assert.equal(ready.booted, true)
              assert.deepEqual(await reads(client, username), [])
              return
            }
            // it cannot know, and is told so; what is refused is none for good
            assert.equal(ready.booted, 'unknown')
            const read = await client.send('QueueStatus').catch((error: unknown) => error)
            if (read instanceof ActionError) assert.equal(read.retryable, true)
            const again = await client.send('QueueStatus', undefined, { retry: true, timeout: 30_000 })
            assert.equal(again.events.filter(({ Event }) => Event === 'QueueParams').length, 2)
          }),
        ])
      } finally {
        await Promise.all(firsts.map(([, client]) => client.close()))
      }
    })
  })
}

/** Resolves with a client's next `ready`; rejects where the client ends. */
export async function firstReady(statuses: AsyncIterable<Status>): Promise<Extract<Status, { type: 'ready' }>> {
  for await (const status of statuses) if (status.type === 'ready') return status
  throw new Error('the client ended')
}

/**
 * Resolves when nobody listens any more, or the next server does: a busy machine may miss the time between them. The end
 * of a session tells nothing: the next server keeps those that the old one accepts last, and serves none of them
 * (main/asterisk.c:really_quit closes what is open, and begins before it stops to accept).
 */
async function gone({ host, port, server }: OurAsterisk, before: bigint | undefined): Promise<void> {
  // the old one takes its mark away while it still listens
  const next = () => ![before, undefined].includes(server.bootMark())
  await until('the end of the old server', BOOT_TIMEOUT, async () => next() || !(await accepts(host, port)))
}

/** A module that is away for a while: what it does is refused, and not for good. */
export function moduleAway(target: OurAsterisk): void {
  test(`${target.name}: app_queue is unloaded and loaded again`, async () => {
    const [, client] = clientOf(target, 'frank')
    await using ami = client
    await ami.connect()
    const before = await getQueues(ami)
    await target.cli?.('module unload app_queue.so')
    try {
      await assert.rejects(getQueues(ami), { code: 'AMI_REFUSED', retryable: true })
      const read = ami.send('QueueStatus', undefined, { retry: true })
      await target.cli?.('module load app_queue.so')
      assert.ok((await read).events.length >= before.length)
    } finally {
      await target.cli?.('module load app_queue.so')
    }
    assert.deepEqual(
      (await getQueues(ami)).map(({ name }) => name),
      before.map(({ name }) => name),
    )
  })
}

/** A channel driver that is away for a while: its numbers are not dialled, and are not told as bad ones. */
export function driverAway(target: Target): void {
  // for a minute the latter cannot know whether the server has booted
  for (const [username, outcomes] of [
    ['frank', ['noDriver']],
    ['calls', ['noDriver', 'notBooted']],
  ] as const) {
    test(`${target.name}: chan_iax2 is unloaded and loaded again, for ${username}`, async () => {
      await using admin = createClient(accountOf(target, 'frank'))
      await using ami = createClient(accountOf(target, username))
      await Promise.all([admin.connect(), ami.connect()])
      const change = (LoadType: 'load' | 'unload') => admin.send('ModuleLoad', { LoadType, Module: 'chan_iax2.so' })
      // its number is good: nobody answers there
      const outcome = async () =>
        (await ami.originate({ Channel: 'IAX2/127.0.0.1:9/1', Application: 'Wait', Data: 1, Timeout: 1_000 })).outcome
      const before = await outcome()
      const loads = username === 'frank' ? ami.events('Load') : undefined
      await change('unload')
      try {
        const away = await outcome()
        assert.ok(
          outcomes.some((one) => one === away),
          away,
        )
        const strange = await admin.originate({ Channel: 'Nosuch/1', Application: 'Wait', Data: 1 })
        assert.equal(strange.outcome, 'failed')
      } finally {
        await change('load')
      }
      // who dials before that cannot know that the module was there by then
      await loads?.next()
      assert.equal(await outcome(), before)
      assert.notEqual(before, 'noDriver')
    })
  }
}

/** The dialplan that is away for a while: what goes into it is not dialled, and is not told as a bad number. */
export function dialplanAway(target: Target): void {
  for (const [username, away] of [
    ['frank', ['noDriver']],
    ['calls', ['noDriver', 'notBooted']],
  ] as const) {
    test(`${target.name}: pbx_config is unloaded and loaded again, for ${username}`, async () => {
      await using admin = createClient(accountOf(target, 'frank'))
      await using ami = createClient(accountOf(target, username))
      await Promise.all([admin.connect(), ami.connect()])
      const change = (LoadType: 'load' | 'unload') => admin.send('ModuleLoad', { LoadType, Module: 'pbx_config.so' })
      const dial = async (exten: string) =>
        (await ami.originate({ Channel: `Local/${exten}@default`, Application: 'Wait', Data: 1 })).outcome
      await change('unload')
      try {
        const outcome = await dial('wait')
        assert.ok(
          away.some((one) => one === outcome),
          outcome,
        )
        const refusals = intoDialplan(ami)
        if (username === 'frank') {
          refusals.push(ami.send('ShowDialPlan', { Context: 'default' }), ami.command('dialplan show default'))
        }
        await Promise.all(refusals.map((one) => assert.rejects(one, { code: 'AMI_REFUSED', retryable: true })))
      } finally {
        await change('load')
      }
      assert.equal(await dial('wait'), 'answered')
      if (username === 'frank') assert.equal(await dial('no-such'), 'failed')
      const missing = intoDialplan(admin, 'no-such')
      await Promise.all(missing.map((one) => assert.rejects(one, { code: 'AMI_REFUSED', retryable: false })))
    })
  }
}

/** Sends calls to a number and to a label of it, in all ways that are refused where there is none. */
function intoDialplan(ami: Client, Exten = 'wait'): Promise<unknown>[] {
  const into = { Context: 'default', Exten }
  const Channel = 'Local/wait@default'
  return [
    ami.originate({ Channel, ...into, Priority: 1 }),
    ami.send('Originate', { Channel, ...into, Priority: 1 }),
    ami.send('Originate', { Channel, ...into, Priority: 'there', Async: true }),
    // the label is looked for before the channel
    ami.send('Redirect', { Channel: 'Local/no-such', ...into, Priority: 'there' }),
  ]
}

/** The dialplan that goes and comes under a program that dials all the time: no good number is told as a bad one. */
export function dialplanComesAndGoes(target: Target): void {
  test(`${target.name}: pbx_config is unloaded and loaded again while good numbers are dialled`, async () => {
    await using admin = createClient(accountOf(target, 'frank'))
    await using ami = createClient(accountOf(target, 'frank'))
    await Promise.all([admin.connect(), ami.connect()])
    const outcomes = new Map<string, number>()
    const dialled = new Set<Promise<unknown>>()
    const dial = () => {
      const call = ami
        .originate({ Channel: 'Local/wait@default', Application: 'Wait', Data: 0 })
        .then(({ outcome }) => {
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
          dialled.delete(call)
        })
      dialled.add(call)
    }
    const dialler = setInterval(dial, PACE)
    try {
      for (const LoadType of ['unload', 'load', 'unload', 'load', 'unload', 'load'] as const) {
        await admin.send('ModuleLoad', { LoadType, Module: 'pbx_config.so' })
        const outcome = LoadType === 'load' ? 'answered' : 'noDriver'
        const before = outcomes.get(outcome) ?? 0
        await until(outcome, BOUND, () => (outcomes.get(outcome) ?? 0) > before)
      }
    } finally {
      clearInterval(dialler)
      await admin.send('ModuleLoad', { LoadType: 'load', Module: 'pbx_config.so' }).catch(() => {})
    }
    await Promise.all(dialled)
    assert.deepEqual(
      [...outcomes.keys()].filter((outcome) => !['answered', 'noDriver'].includes(outcome)),
      [],
    )
    assert.ok(outcomes.has('noDriver'), JSON.stringify([...outcomes]))
  })
}

/** A restart hangs up all that rings (main/asterisk.c:can_safely_quit), and says no more of it than of a bad number. */
export function ringingAtRestart(target: OurAsterisk): void {
  test(`${target.name}: what rings when it is restarted is told for what it is`, async () => {
    const [, client] = clientOf(target, 'operator')
    await using ami = client
    await ami.connect()
    const made = ami.events('Newchannel')
    const ringing = ['Local/noanswer@default', 'IAX2/127.0.0.1:9/1'].map((Channel) =>
      ami.originate({ Channel, Application: 'Wait', Data: 1 }),
    )
    // a Local channel has two halves
    for (let n = 0; n < ringing.length + 1; n++) await made.next()
    await target.server.restart('now')
    for (const call of ringing) assert.equal((await call).outcome, 'shutDown')
  })
}
