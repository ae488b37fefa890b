// needs: both
// What a big and healthy PBX says is read as it comes; what is past a limit says which option to raise.
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type Client, connect, LimitError } from 'amiable'
import { findRunning } from '../../../tools/servers/asterisk/asterisk.ts'
import { lines, type Play, PlayedServer } from '../../../tools/testbed/played-server.ts'
import { withClient } from '../../support/client.ts'
import { withAsterisk } from '../../targets.ts'

const repeat = (count: number, line: (i: number) => string) => Array.from({ length: count }, (_, i) => line(i))

/** What a big server answers, in chunks of an Ethernet's size. */
const answers: Readonly<Record<string, readonly string[]>> = {
  Command: [
    'Message: Command output follows',
    ...repeat(6_000, (i) => `Output: /SIP/Registry/phone${i} : 10.0.0.${i % 250}`),
  ],
  GetConfig: [
    'Category-000000: general',
    ...repeat(6_600, (i) => `Line-000000-${String(i).padStart(6, '0')}: key${i}=v`),
  ],
  GetConfigJSON: [`JSON: {"general":{"a":"${'x'.repeat(245_000)}"}}`],
  Getvar: [`Value: ${'y'.repeat(1_500_000)}`],
}

describe('a long answer', () => {
  const play: Play = ({ name, id }) => {
    const answer = answers[name]
    return answer && lines('Response: Success', `ActionID: ${id}`, ...answer)
  }

  async function served(run: (ami: Client) => Promise<void>, options = {}): Promise<void> {
    await using server = await PlayedServer.start(play, { piece: 1_460 })
    const account = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
    await using ami = await connect({ ...account, reconnect: false, ...options })
    await run(ami)
  }

  test('of six thousand lines is read', () =>
    served(async (ami) => {
      const output = await ami.command('database show')
      assert.deepEqual([output.length, output.at(-1)], [6_000, '/SIP/Registry/phone5999 : 10.0.0.249'])
      assert.equal((await ami.send('GetConfig', { Filename: 'x.conf' })).headers.length, 6_603)
    }))

  test('of one line of a quarter of a megabyte, and of one and a half, is read', () =>
    served(async (ami) => {
      assert.equal((await ami.send('GetConfigJSON', { Filename: 'x.conf' })).JSON?.length, 245_020)
      assert.equal((await ami.send('Getvar', { Variable: 'X' })).Value?.length, 1_500_000)
    }))

  const past = async (call: Promise<unknown>, limit: string, what: RegExp) => {
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof LimitError)
      assert.equal(error.limit, limit)
      assert.match(error.message, what)
      return true
    })
  }

  test('past a limit names the option to raise and, where there is one, the list to read instead', () =>
    served(
      async (ami) => {
        const message = 'limits.message'
        await past(
          ami.command('database show'),
          message,
          /past limits\.message \(100000\): raise it, .*list\('DBGetTree'\)/,
        )
        await past(ami.command('DIALPLAN SHOW default'), message, /list\('ShowDialPlan'\)/)
        await past(ami.command('core show help'), message, /past limits\.message \(100000\): raise it$/)
        await past(ami.send('GetConfigJSON', { Filename: 'x.conf' }), message, /raise it, or ask for one Category/)
        assert.equal((await ami.send('Ping')).Ping, 'Pong')
      },
      { limits: { message: 100_000 } },
    ))

  test('past a limit of lines or of headers says so too', async () => {
    await served((ami) => past(ami.send('Getvar', { Variable: 'X' }), 'limits.line', /limits\.line \(1000\)/), {
      limits: { line: 1_000 },
    })
    await served((ami) => past(ami.send('GetConfig', { Filename: 'x' }), 'limits.headers', /limits\.headers \(50\)/), {
      limits: { headers: 50 },
    })
  })
})

test('before the login nothing long is read: the attempt fails, with the reason', async () => {
  const play: Play = ({ name, id }) =>
    name === 'Login' ? lines('Response: Success', `ActionID: ${id}`, `Message: ${'x'.repeat(70_000)}`) : undefined
  await using server = await PlayedServer.start(play)
  const account = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean', reconnect: false } as const
  await assert.rejects(connect(account), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'AMI_CONNECT')
    assert.ok(error.cause instanceof LimitError)
    assert.equal(error.cause.value, 65_536)
    return true
  })
})

for (const version of [22, 16] as const) {
  withAsterisk(version, (target) => {
    test(`${target.name}: the database of 3,000 phones is read, as rows and as a command's output`, () =>
      withClient(
        target,
        async (ami) => {
          try {
            const puts = repeat(6_000, (i) => `phone${i}`).map((Key) =>
              ami.send('DBPut', { Family: 'long-answers', Key, Val: 'x'.repeat(40) }, { timeout: 60_000 }),
            )
            // no more wait than may
            for (let at = 0; at < puts.length; at += 500) await Promise.all(puts.slice(at, at + 500))
            const printed = await ami.command('database show long-answers', { timeout: 60_000 })
            assert.equal(printed.filter((line) => line.startsWith('/long-answers/phone')).length, 6_000)
            const { events } = await ami.send('DBGetTree', { Family: 'long-answers' }, { timeout: 60_000 })
            assert.equal(events.length, 6_000)
          } finally {
            await ami.send('DBDelTree', { Family: 'long-answers' }, { timeout: 60_000 })
          }
        },
        { maxQueued: 10_000 },
      ))

    test(`${target.name}: a configuration of 6,600 lines, and one of 1.5 MB, is read`, () => {
      const running = findRunning(version)
      assert.ok(running)
      const file = join(running.root, 'etc/asterisk/longanswers.conf')
      return withClient(target, async (ami) => {
        try {
          writeFileSync(file, `[general]\n${repeat(6_600, (i) => `key${i}=value`).join('\n')}\n`)
          const { headers } = await ami.send('GetConfig', { Filename: 'longanswers.conf' }, { timeout: 60_000 })
          assert.equal(headers.filter(([name]) => name.startsWith('Line-')).length, 6_600)
          writeFileSync(file, `[general]\n${repeat(15_000, (i) => `key${i}=${'v'.repeat(90)}`).join('\n')}\n`)
          const { JSON: json = '' } = await ami.send(
            'GetConfigJSON',
            { Filename: 'longanswers.conf' },
            { timeout: 60_000 },
          )
          assert.ok(json.length > 1_500_000, `${json.length}`)
          assert.equal(Object.keys((JSON.parse(json) as { general: object }).general).length, 15_000)
        } finally {
          rmSync(file, { force: true })
        }
      })
    })
  })
}
