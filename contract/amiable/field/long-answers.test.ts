// needs: both
// What healthy big servers say is within the limits that hold where nobody sets any.
import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Client, connect } from 'amiable'
import { byScript, PlayedServer, lines as say } from '../../../tools/testbed/played-server.ts'
import { withClient } from '../../support/client.ts'
import { withAsterisk } from '../../targets.ts'

const id = 'ActionID: @ID@'
const many = (count: number, line: (n: number) => string) => Array.from({ length: count }, (_, n) => line(n))
const shown = (n: number) =>
  `/registrar/contact/${n};@0123456789abcdef0123456789abcdef : {"via_addr":"10.0.0.${n % 256}"}`
const printed = many(40_000, shown)
const headers = many(60_000, (n) => `Line-000001-${String(n).padStart(6, '0')}: exten=_X.,n,NoOp(\${EXTEN} ${n})`)
const json = JSON.stringify({ general: many(30_000, (n) => `exten => ${n},1,Dial(PJSIP/${n},30)`) })

/** Runs something against a server that says what it is told to. */
async function played(version: string, script: Record<string, string>, run: (ami: Client) => Promise<void>) {
  const banner = `Asterisk Call Manager/${version}\r\n`
  await using server = await PlayedServer.start(byScript(script), { banner, piece: 4_096 })
  await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  await run(ami)
  const { faults, reconnects } = ami.stats()
  assert.deepEqual([faults, reconnects], [0, 0])
}

test('a command prints 40,000 lines, in headers and as raw output', async () => {
  const output = say('Response: Success', id, 'Message: Command output follows', ...printed.map((l) => `Output: ${l}`))
  const raw = `Response: Follows\r\nPrivilege: Command\r\n${id}\r\n${printed.join('\n')}\n--END COMMAND--\r\n\r\n`
  for (const [version, Command] of [['11.0.0', output] as const, ['1.3', raw] as const]) {
    await played(version, { Command }, async (ami) => assert.deepEqual(await ami.command('database show'), printed))
  }
})

test('GetConfig has 60,000 headers, and GetConfigJSON one of more than a megabyte', () => {
  assert.ok(json.length > 1_000_000)
  const script = {
    GetConfig: say('Response: Success', id, 'Category-000000: general', ...headers),
    GetConfigJSON: say('Response: Success', id, `JSON: ${json}`),
  }
  return played('11.0.0', script, async (ami) => {
    const config = await ami.send('GetConfig', { Filename: 'extensions.conf' })
    assert.equal(config.headers.filter(([name]) => name.startsWith('Line-')).length, headers.length)
    assert.equal((await ami.send('GetConfigJSON', { Filename: 'extensions.conf' })).JSON, json)
  })
})

for (const version of [22, 16] as const) {
  withAsterisk(version, (target) => {
    test(`${target.name}: a configuration of 60,000 lines is read, as headers and as JSON`, async () => {
      const file = 'amiable-long.conf'
      const path = join(target.server.root, 'etc/asterisk', file)
      const count = 60_000
      await writeFile(
        path,
        `[general]\n${many(count, (n) => `exten = _X.,${n},NoOp(the line of number ${n})`).join('\n')}\n`,
      )
      try {
        await withClient(target, async (ami) => {
          const { headers: read } = await ami.send('GetConfig', { Filename: file }, { timeout: 60_000 })
          assert.equal(read.filter(([name]) => name.startsWith('Line-')).length, count)
          const { JSON: text = '' } = await ami.send('GetConfigJSON', { Filename: file }, { timeout: 60_000 })
          assert.ok(text.length > 1_500_000)
          assert.equal(ami.stats().faults, 0)
        })
      } finally {
        await rm(path)
      }
    })

    test(`${target.name}: a big database and a big dialplan are shown`, () =>
      withClient(target, async (ami) => {
        const family = 'amiable-long'
        const context = 'amiable-long'
        const count = 1_000
        const value = 'v'.repeat(200)
        const each = (work: (n: number) => Promise<unknown>) =>
          Promise.all(Array.from({ length: count }, (_, n) => work(n)))
        try {
          await each((n) => ami.send('DBPut', { Family: family, Key: `key-${n}`, Val: value }))
          await each((n) =>
            ami.send('DialplanExtensionAdd', {
              Context: context,
              Extension: `${n}`,
              Priority: 1,
              Application: 'NoOp',
              ApplicationData: value,
            }),
          )
          const stored = (await ami.command('database show')).filter((line) => line.includes(`/${family}/`))
          assert.equal(stored.length, count)
          const extensions = (await ami.command('dialplan show')).filter((line) => line.includes(value))
          assert.equal(extensions.length, count)
          assert.equal(ami.stats().faults, 0)
        } finally {
          await ami.send('DBDelTree', { Family: family })
          await ami.command(`dialplan remove context ${context}`)
        }
      }))
  })
}
