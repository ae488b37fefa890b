// What rightsFor says, proven by accounts that are granted just that.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { type Client, connect, updateConfig } from 'amiable'
import { actions, events, rightsFor } from 'amiable/catalog'
import { nextEvent, optionsFor } from '../../support/client.ts'
import type { Target } from '../../targets.ts'
import { listedActions } from '../suite/actions.ts'

interface Account {
  readonly read: readonly string[]
  readonly write: readonly string[]
}

/** A server of ours lets exactly those do something, or hear it, to whom rightsFor would give the right. */
export function grantedRights(target: Target): void {
  const { name } = target

  test(`${name}: an account with the classes of an action may run it, and no other`, async (t) => {
    const all = await withAdmin(target, listedActions)
    const sets = new Map(
      Object.keys(actions).map((action) => {
        const { write } = rightsFor({ actions: [action] })
        return [write.join(), write]
      }),
    )
    const accounts = [...sets.values()].map((write): Account => ({ read: [], write }))
    await withAccounts(target, t, accounts, async (logIn) => {
      for (const account of accounts) {
        await using ami = await logIn(account)
        const listed = await listedActions(ami)
        const expected = all.filter((action) => {
          const { privileges } = actions[action as keyof typeof actions]
          return privileges.length === 0 || privileges.some((one) => account.write.includes(one))
        })
        assert.deepEqual(listed.toSorted(), expected.toSorted(), `write = ${account.write}`)
      }
    })
  })

  test(`${name}: an account with the classes of an event hears it, with one of them less it does not`, async (t) => {
    const heard = [
      'Hangup',
      'DialEnd',
      'VarSet',
      'UserEvent',
      'QueueMemberAdded',
      'Reload',
      'OriginateResponse',
    ] as const
    const accounts = heard.flatMap((event): Account[] => {
      const { read } = rightsFor({ events: [event] })
      assert.ok(read.length > 0, event)
      return [
        { read, write: [] },
        { read: others(read), write: [] },
      ]
    })
    await withAccounts(target, t, accounts, async (logIn) => {
      const ears = await Promise.all(
        accounts.map(async (account) => {
          const ami = await logIn(account)
          const names = new Set<string>()
          ami.on('*', (event) => names.add(event.Event))
          return { account, ami, names }
        }),
      )
      await withAdmin(target, makeNoise)
      // an answer comes behind the events that were queued before it
      await Promise.all(ears.map(({ ami }) => ami.send('Ping')))
      for (const { account, names } of ears) {
        for (const event of heard) {
          const may = events[event].classes.every((one) => account.read.includes(one))
          assert.equal(names.has(event), may, `${event}, read = ${account.read}`)
        }
      }
      await Promise.all(ears.map(({ ami }) => ami.close()))
    })
  })

  test(`${name}: a note names what the classes of its action do not open`, async (t) => {
    const { read, write, notes } = rightsFor({ actions: ['Originate', 'Getvar'] })
    const extra = notes.flatMap((note) => note.write)
    assert.deepEqual([...new Set(extra)], ['system'])
    const plain: Account = { read, write }
    const mighty: Account = { read, write: [...write, ...new Set(extra)] }
    const dial = { Channel: 'Local/quick@default/n', Application: 'System', Data: 'true', Async: true } as const
    await withAccounts(target, t, [plain, mighty], async (logIn) => {
      await using few = await logIn(plain)
      await using more = await logIn(mighty)
      await few.send('Originate', { ...dial, Application: 'NoOp', Data: '' })
      await few.send('Getvar', { Variable: 'ENV(HOME)' })
      await assert.rejects(few.send('Originate', dial), { code: 'AMI_REFUSED', message: /Forbidden/ })
      await assert.rejects(few.send('Getvar', { Variable: 'EVAL(a)' }), { code: 'AMI_REFUSED', message: /Forbidden/ })
      await more.send('Originate', dial)
      await more.send('Getvar', { Variable: 'EVAL(a)' })
    })
  })
}

/** Every class that some event needs, but for the first of these. */
function others([left]: readonly string[]): string[] {
  return [...new Set(Object.values(events).flatMap(({ classes }) => classes))].filter((one) => one !== left)
}

async function withAdmin<T>(target: Target, body: (ami: Client) => Promise<T>): Promise<T> {
  await using ami = await connect(optionsFor(target))
  return await body(ami)
}

/** Writes a section of manager.conf for each account, and takes them out again. */
async function withAccounts(
  target: Target,
  t: TestContext,
  accounts: readonly Account[],
  body: (logIn: (account: Account) => Promise<Client>) => Promise<void>,
): Promise<void> {
  const mark = `granted-${randomUUID().slice(0, 8)}`
  const nameOf = (account: Account) => `${mark}-${accounts.indexOf(account)}`
  await using admin = await connect(optionsFor(target))
  for (const account of accounts) {
    const category = nameOf(account)
    await updateConfig(admin, 'manager.conf', [
      { change: 'newCategory', category },
      { change: 'append', category, name: 'secret', value: mark },
      { change: 'append', category, name: 'read', value: account.read.join() || 'none' },
      { change: 'append', category, name: 'write', value: account.write.join() || 'none' },
    ])
  }
  await admin.command('manager reload')
  t.diagnostic(`${accounts.length} accounts`)
  try {
    await body((account) => connect(optionsFor(target, { username: nameOf(account), secret: mark })))
  } finally {
    const changes = accounts.map((account) => ({ change: 'deleteCategory', category: nameOf(account) }) as const)
    await updateConfig(admin, 'manager.conf', changes)
    await admin.command('manager reload')
  }
}

/** One event of each kind that is listened for. */
async function makeNoise(ami: Client): Promise<void> {
  const member = { Queue: 'support', Interface: `Local/${randomUUID()}@nowhere` }
  await ami.send('QueueAdd', member)
  await ami.send('QueueRemove', member)
  await ami.send('UserEvent', { UserEvent: 'Noise' })
  await ami.send('Reload', { Module: 'cdr' })
  const uniqueid = randomUUID()
  const over = nextEvent(ami, 'Hangup', (event) => event.get('Uniqueid') === uniqueid)
  const answer = nextEvent(ami, 'OriginateResponse', (event) => event.get('Uniqueid') === uniqueid)
  const dial = { Channel: 'Local/quick@default/n', Application: 'NoOp', Async: true, ChannelId: uniqueid } as const
  await ami.send('Originate', dial, { variables: { NOISE: 'yes' } })
  await Promise.all([over, answer])
}
