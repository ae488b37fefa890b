// What `amiable doctor --config` says of accounts, beside what a real Asterisk makes of the same file.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { CommandLine } from '../../tools/testbed/command.ts'
import { withManagerConf } from '../support/manager-conf.ts'
import type { OurAsterisk } from '../targets.ts'

const SECRET = 'kN7c2vQ0xTz8mB4e'
const HERE = ['deny = 0.0.0.0/0.0.0.0', 'permit = 127.0.0.1/255.255.255.255']

/** Accounts with one fault each, and one without; `twice` stands twice. */
const SECTIONS: readonly (readonly [name: string, ...lines: string[]])[] = [
  ['sound', `secret = ${SECRET}`, ...HERE, 'read = call,log', 'write = call'],
  ['blank', `secret = ${SECRET}`, ...HERE, 'read = call, log'],
  ['commas', `secret = ${SECRET}`, ...HERE, 'read = call,,log'],
  ['unsecret', ...HERE, 'read = call'],
  ['mask', `secret = ${SECRET}`, 'permit = 127.0.0.1/33', 'read = call'],
  ['order', `secret = ${SECRET}`, 'permit = 127.0.0.1', 'deny = 0.0.0.0/0.0.0.0', 'read = call'],
  ['twice', `secret = ${SECRET}`, 'deny = 0.0.0.0/0.0.0.0', 'permit = 192.0.2.1', 'read = call'],
  ['twice', 'permit = 127.0.0.1', 'read = call'],
]

/** Compares the file's faults with the server's behaviour. */
export function doctorFileSuite(target: OurAsterisk): void {
  const { name, host, port, server } = target

  test(`${name}: what doctor says of a manager.conf is what becomes of it`, async () => {
    const text = SECTIONS.map(([section, ...lines]) => `\n[${section}]\n${lines.join('\n')}\n`).join('')
    const accounts = [...new Set(SECTIONS.map(([section]) => section))]
    using line = new CommandLine(
      Object.fromEntries(accounts.map((username) => [username, { host, port, username, secret: SECRET }])),
    )
    const doctor = async (...args: string[]): Promise<string[]> => {
      const { stdout } = await line.run(['doctor', '--json', ...args])
      const [{ findings }] = JSON.parse(stdout) as [{ findings: { id: string; level: string }[] }]
      return findings.filter(({ level }) => level === 'error').map(({ id }) => id)
    }
    const file = join(server.root, 'etc/asterisk/manager.conf')
    await withManagerConf(target, text, async () => {
      // the certificate of [general] is in the server's own root
      const said = await Promise.all(
        accounts.map(async (one) => [
          one,
          (await doctor('--config', file, '--section', one)).filter((id) => id !== 'F7'),
        ]),
      )
      assert.deepEqual(Object.fromEntries(said), {
        sound: [],
        blank: ['F11'],
        commas: ['F11'],
        unsecret: ['F10'],
        mask: ['F13'],
        order: ['F14'],
        twice: ['F9'],
      })
      const read = async (one: string) => {
        const shown = await server.cli(`manager show user ${one}`)
        return (
          /read perm: (.*)/
            .exec(shown)?.[1]
            ?.split(',')
            .filter((word) => word !== 'all') ?? shown.trim()
        )
      }
      assert.deepEqual(await read('sound'), ['call', 'log'])
      assert.deepEqual(await read('blank'), ['call'])
      assert.ok((await read('commas')).length > 15)
      assert.equal(await read('mask'), 'There is no manager called mask')
      const logins = await Promise.all(
        accounts.map(async (one) => [one, (await doctor('-c', one)).filter((id) => id.startsWith('A'))]),
      )
      assert.deepEqual(Object.fromEntries(logins), {
        sound: [],
        blank: [],
        commas: [],
        unsecret: ['A2'],
        mask: ['A2'],
        order: ['A2'],
        // deny of the first section would have refused it
        twice: [],
      })
    })
  })
}
