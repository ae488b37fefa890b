// What `amiable doctor --config` says of a file, beside what a real Asterisk makes of the same file.
import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { good } from '../../../tools/testbed/certificates.ts'
import { CommandLine } from '../../../tools/testbed/command.ts'
import type { OurAsterisk } from '../../targets.ts'
import { type Checks, findings } from './checks.ts'
import { withFiles, withOneRoot } from './files.ts'
import { account, CONF, general, HERE, KEYS, SECRET, type Section, textOf } from './settings.ts'

const PEM = `${good.key}\n${good.cert}\n`

/** Accounts with one fault each, and one without; `twice` stands twice. With each the check that finds it. */
const ACCOUNTS: readonly (readonly [id: string | undefined, section: Section])[] = [
  [undefined, account('sound', 'call,log', 'call')],
  ['F11', account('blank', 'call, log', '')],
  ['F11', account('commas', 'call,,log', '')],
  ['F10', ['unsecret', ...HERE, 'read = call']],
  ['F13', ['mask', `secret = ${SECRET}`, 'permit = 127.0.0.1/33', 'read = call']],
  ['F14', ['order', `secret = ${SECRET}`, 'permit = 127.0.0.1', 'deny = 0.0.0.0/0.0.0.0', 'read = call']],
  [undefined, ['twice', `secret = ${SECRET}`, 'deny = 0.0.0.0/0.0.0.0', 'permit = 192.0.2.1', 'read = call']],
  ['F9', ['twice', 'permit = 127.0.0.1', 'read = call']],
  ['F12', ['open', `secret = ${SECRET}`, 'read = call']],
  ['F15', account('strong', 'call', 'system,command,originate')],
  ['F16', account('quick', 'call', 'call', 'writetimeout = 5')],
  ['F8', account('misspelt', 'call', 'call', 'permitt = 192.0.2.1')],
]

/** Compares the faults of files with the server's behaviour. */
export function brokenFileTests(target: OurAsterisk, checks: Checks): void {
  const { name, host, server } = target
  const file = join(server.root, CONF)
  const reload = async () => await server.cli('manager reload')

  test(`${name}: what doctor says of accounts in a file is what becomes of them`, async () => {
    const names = [...new Set(ACCOUNTS.map(([, [section]]) => section))]
    using line = new CommandLine(
      Object.fromEntries(names.map((username) => [username, { host, port: server.port, username, secret: SECRET }])),
    )
    const faults = (found: Awaited<ReturnType<typeof findings>>) =>
      found.filter(({ id, level }) => level === 'error' && id.startsWith('A')).map(({ id }) => id)
    const text = textOf([general(server), ...ACCOUNTS.map(([, section]) => section)])
    await withOneRoot(server, () =>
      withFiles(server, { [CONF]: text, [KEYS]: PEM }, reload, async () => {
        const expected = new Map(names.map((one) => [one, [] as string[]]))
        for (const [id, [section]] of ACCOUNTS) if (id !== undefined) expected.get(section)?.push(id)
        const all = await findings(line, ['--config', file])
        for (const [section, ids] of expected) {
          const own = all.filter(({ says, fix = [] }) => `${says} ${fix.join()}`.includes(`[${section}]`))
          checks.broken(section, own, ...ids)
        }
        const shown = async (one: string, kind: string) => {
          const text = await server.cli(`manager show user ${one}`)
          const list = new RegExp(`${kind}: +(.*)`, 'i').exec(text)?.[1]
          return list?.split(',').filter((word) => word !== 'all') ?? text.trim()
        }
        assert.deepEqual(await shown('sound', 'read perm'), ['call', 'log'])
        assert.deepEqual(await shown('blank', 'read perm'), ['call'])
        assert.ok((await shown('commas', 'read perm')).length > 15)
        assert.equal(await shown('mask', 'read perm'), 'There is no manager called mask')
        assert.deepEqual(await shown('open', 'acl'), ['no'])
        assert.deepEqual(await shown('strong', 'write perm'), ['system', 'command', 'originate'])
        assert.match(server.logTail(), /Invalid writetimeout value '5'/)
        const logins: [string, string[]][] = []
        for (const one of names) logins.push([one, faults(await findings(line, ['-c', one]))])
        assert.deepEqual(Object.fromEntries(logins), {
          sound: [],
          blank: [],
          commas: [],
          unsecret: ['A2'],
          mask: ['A2'],
          order: ['A2'],
          // deny of the first section would have refused it
          twice: [],
          open: [],
          strong: [],
          quick: [],
          // a permit that is none permits nobody, and keeps nobody out
          misspelt: [],
        })
      }),
    )
  })

  test(`${name}: what doctor says of a file is what becomes of it`, async () => {
    using line = new CommandLine()
    const frank = account('frank', 'call,system', 'call', 'eventfilter = !Event: Newchannel')
    const after = async (text: string, ids: readonly string[], looks: () => void | Promise<void>, mode = 0o640) =>
      await withFiles(server, { [CONF]: text, [KEYS]: PEM }, reload, async () => {
        chmodSync(file, mode)
        const found = await findings(line, ['--config', file, '--for', 'originate'])
        checks.broken(ids.join(), found, ...ids)
        await looks()
      })
    const settings = { port: '80', tlsverifyclient: 'yes', disabledevents: 'Hangup' }
    const sound = account('frank', 'call,system', 'call')
    await withOneRoot(server, async () => {
      await after(
        textOf([general(server, settings), frank]),
        ['F2', 'F4', 'F6', 'R4'],
        () => assert.match(server.logTail(), /Invalid port number '80'/),
        0o644,
      )
      await after(textOf([general(server, { tlsprivatekey: '/none.pem' }), sound]), ['F7'], () => {
        assert.match(server.logTail(), /none\.pem|private key/i)
      })
      await after(`${textOf([general(server), sound])}[new\n`, ['F1'], async () => {
        assert.match(server.logTail(), /parse error: no closing '\]'/)
      })
      await after(textOf([general(server)]), ['F17'], async () => {
        assert.match(await server.cli('manager show users'), /^(?:0|There are no) manager users/m)
      })
    })
  })
}
