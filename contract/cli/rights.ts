// The sections that `amiable rights` prints, put into manager.conf as they are: every action and event of the catalog
// that can be tried without harm is granted by them, and not without their lines.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { actions, events, rightsFor } from 'amiable/catalog'
import { CommandLine } from '../../tools/testbed/command.ts'
import { messagesOf, RawClient } from '../../tools/testbed/raw-client.ts'
import { openRaw } from '../support/client.ts'
import { withManagerConf } from '../support/manager-conf.ts'
import type { Target } from '../targets.ts'

/** What an action is sent with, where it would do harm or wait without. Most say then that a parameter is missing. */
const HARMLESS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Reload: { Module: 'nosuch.so' },
  UserEvent: { UserEvent: 'Rights' },
  WaitEvent: { Timeout: '1' },
}
// they are about the session that is asked with, and no account is refused them
const OF_THE_SESSION = ['Login', 'Logoff', 'Challenge', 'Events']

/** A section of manager.conf, as it was printed. */
interface Section {
  readonly account: string
  /** The actions or events that it was printed for. */
  readonly names: readonly string[]
  readonly text: string
}

export function rightsSuite(target: Target): void {
  const { name, version } = target
  const line = new CommandLine()
  after(() => line[Symbol.dispose]())

  /** Asks the command for the section of each group of names that need the same. */
  async function printed(names: readonly string[], prefix: '' | '+', classes: 'read' | 'write'): Promise<Section[]> {
    const groups = new Map<string, string[]>()
    for (const one of names) {
      const key = rightsFor({ [prefix === '' ? 'actions' : 'events']: [one] })[classes].join()
      groups.set(key, [...(groups.get(key) ?? []), one])
    }
    const sections: Section[] = []
    for (const [at, group] of [...groups.values()].entries()) {
      const account = `rights-${classes}-${at}`
      const words = group.map((one) => `${prefix}${one}`)
      const { code, stdout } = await line.run(['rights', ...words, '--asterisk', String(version), '--name', account])
      assert.equal(code, 0)
      sections.push({ account, names: group, text: withSecret(stdout) })
    }
    return sections
  }

  test(`${name}: an account with the printed section may send the actions, and without its write line none`, async () => {
    const names = Object.entries(actions).flatMap(([one, { privileges }]) =>
      privileges.length === 0 || OF_THE_SESSION.includes(one) ? [] : [one],
    )
    const sections = await printed(names, '', 'write')
    assert.ok(sections.length > 8)
    const without = sections.map((one) => ({
      ...one,
      account: `no-${one.account}`,
      text: one.text.replace(one.account, `no-${one.account}`).replace(/^write = .*$/m, 'write ='),
    }))
    await withManagerConf(target, textOf([...sections, ...without]), async () => {
      let tried = 0
      for (const [at, section] of sections.entries()) {
        const [allowed, refused] = await Promise.all([
          answers(target, section),
          answers(target, without[at] as Section),
        ])
        for (const one of section.names) {
          // a module that is not loaded
          if (/Invalid\/unknown command/.test(allowed.get(one) ?? '')) continue
          tried++
          assert.doesNotMatch(allowed.get(one) ?? '', /^Permission denied/, `${one} in\n${section.text}`)
          assert.match(refused.get(one) ?? '', /^Permission denied/, one)
        }
      }
      assert.ok(tried > 100, String(tried))
    })
  })

  test(`${name}: an account with the printed section gets the events, and not without one of its classes`, async () => {
    const sections = await printed(
      Object.entries(events).flatMap(([one, { classes }]) => (classes.length === 0 ? [] : [one])),
      '+',
      'read',
    )
    const less = sections.flatMap((one) => {
      const [, classes = ''] = /^read = (.*)$/m.exec(one.text) ?? []
      return classes.split(',').map((left): Section => {
        const account = `${one.account}-${left}`
        const rest = classes.split(',').filter((other) => other !== left)
        const text = one.text.replace(one.account, account).replace(/^read = .*$/m, `read = ${rest.join()}`)
        return { ...one, account, text }
      })
    })
    await withManagerConf(target, textOf([...sections, ...less]), async () => {
      using all = await openEars(target, target.username, target.secret)
      const accounts = [...sections, ...less]
      const ears: RawClient[] = []
      try {
        // one after another: all at once have the server's authtimeout together
        for (const { account } of accounts) ears.push(await openEars(target, account, 'rights'))
        await makeNoise(target)
        // threads of Asterisk still clean up: what comes meanwhile, an account may have or not
        const heard = await eventsOf(all)
        const own = await Promise.all(ears.map(eventsOf))
        const heardSince = await eventsOf(all)
        assert.ok(heard.size > 15, [...heard].join())
        for (const [at, { names, text }] of accounts.entries()) {
          const got = names.filter((one) => own[at]?.has(one))
          const [least, most] = at < sections.length ? [heard, heardSince] : [new Set<string>(), new Set<string>()]
          assert.deepEqual(
            names.filter((one) => least.has(one) && !got.includes(one)),
            [],
            text,
          )
          assert.deepEqual(
            got.filter((one) => !most.has(one)),
            [],
            text,
          )
        }
      } finally {
        for (const ear of ears) ear[Symbol.dispose]()
      }
    })
  })
}

/** The section with a secret: without one Asterisk lets nobody in. */
function withSecret(text: string): string {
  return text.replace(/^; secret = .*$/m, 'secret = rights')
}

function textOf(sections: readonly Section[]): string {
  return `\n${sections.map(({ text }) => text).join('\n')}\n`
}

/** Sends all actions of a section on one connection. Returns what the server said to each. */
async function answers(target: Target, { account, names }: Section): Promise<Map<string, string>> {
  using session = await RawClient.open(target.port, false, target.host)
  await session.ask({ Action: 'Login', Username: account, Secret: 'rights', Events: 'off' })
  const said = new Map<string, string>()
  for (const one of names) {
    const answer = await session.ask({ Action: one, ActionID: one, ...HARMLESS[one] })
    const first = messagesOf(answer).find((message) => message.some(([header]) => header === 'Response'))
    // IAXnetstats has lines without headers
    said.set(one, first?.find(([header]) => header === 'Message')?.[1] ?? '')
  }
  return said
}

async function openEars(target: Target, username: string, secret: string): Promise<RawClient> {
  const session = await RawClient.open(target.port, false, target.host)
  try {
    await session.ask({ Action: 'Login', Username: username, Secret: secret })
  } catch (error) {
    session[Symbol.dispose]()
    throw error
  }
  return session
}

/** The names of the events that a session has got, when it has got those of before. */
async function eventsOf(session: RawClient): Promise<Set<string>> {
  await session.ask({ Action: 'Ping' })
  return new Set([...session.text.matchAll(/^Event: (\w+)\r$/gm)].map(([, one = '']) => one))
}

/** As many kinds of events as a second has room for. */
async function makeNoise(target: Target): Promise<void> {
  using session = await openRaw(target)
  const interface_ = 'Local/rights@nowhere'
  await session.ask({ Action: 'QueueAdd', Queue: 'support', Interface: interface_ })
  await session.ask({ Action: 'QueuePause', Interface: interface_, Paused: 'true' })
  await session.ask({ Action: 'QueueRemove', Queue: 'support', Interface: interface_ })
  await session.ask({ Action: 'UserEvent', UserEvent: 'Rights' })
  await session.ask({ Action: 'Reload', Module: 'cdr' })
  using ear = await openEars(target, target.username, target.secret)
  for (const exten of ['vars', 'dial']) {
    await session.ask({
      Action: 'Originate',
      Channel: `Local/${exten}@default`,
      Application: 'SendDTMF',
      Data: '1',
      Async: 'true',
      ChannelId: `rights-${exten}`,
    })
    await ear.until(new RegExp(`Event: Hangup\\r\\n(?:.+\\r\\n)*Uniqueid: rights-${exten}\\r\\n`))
  }
  // call records come behind
  await session.ask({ Action: 'Setvar', Variable: 'RIGHTS', Value: 'fence' })
  await ear.until(/Event: VarSet\r\n(?:.+\r\n)*Variable: RIGHTS\r\n/)
}
