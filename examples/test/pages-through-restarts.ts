// What people paste from the READMEs and the guides survives the bad night as well.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findRunning } from '../../tools/servers/asterisk/asterisk.ts'
import { EXAMPLES } from './examples.ts'
import { beginInBoot, environment, PHONES, Program } from './through-restarts.ts'

/** Takes the programs of the pages through the restart of our Asterisk of that version. */
export function pagesThroughRestarts(version: 22 | 16): void {
  const server = process.env.AMIABLE_TARGETS?.includes(`"version":${version}`) ? findRunning(version) : undefined
  if (!server) {
    test(`pages with Asterisk ${version}`, { skip: `no Asterisk ${version} (npm test brings it up)` }, () => {})
    return
  }

  test(`the first program of README.md begins while ${server.name} boots`, async () => {
    const code = onAsterisk(blockOf('README.md', 'CoreShowChannels'))
    await server.asLarge(PHONES, async () => {
      const [output = ''] = await beginInBoot(server, (env) => [program(code, env, true)])
      assert.match(output, /^answered$/m)
      assert.match(output, /^Local\/wait@default-\w+;[12] Up$/m)
    })
  })

  test(`the tour's listener, and the loop of the guide, come back after a restart of ${server.name}`, async () => {
    const env = environment(server, 'frank')
    await using tour = program(onAsterisk(blockOf('packages/amiable/README.md', 'server.disconnect()')), env)
    await using guide = program(
      `import { connect } from 'amiable'
      const { AMI_HOST: host, AMI_PORT: port, AMI_USERNAME: username, AMI_SECRET: secret } = process.env
      const ami = await connect({ host, port: Number(port), username, secret })
      const readStateAgain = async () => {
        const { events } = await ami.send('QueueStatus', undefined, { retry: true, timeout: 60_000 })
        console.log('read', events.filter(({ Event }) => Event === 'QueueParams').length, 'queues')
        await ami.close()
      }
      console.log('watching')
      ${blockOf('docs/guides/reconnection-and-delivery.md', 'readStateAgain()')}`,
      env,
    )
    await Promise.all([tour.said(/^disconnects$/m), guide.said(/^watching$/m)])
    await server.asLarge(PHONES, async () => {
      assert.equal(await tour.end(), 0, tour.output)
      assert.match(tour.output, /^lost\n(?:.*\n)*ready\nback after \d+ ms: /m)
      assert.equal(await guide.end(), 0, guide.output)
      assert.match(guide.output, /^lost: .*\n(?:.*\n)*read 2 queues$/m)
    })
  })

  test(`what the guides do for long, or at each ready, holds through a restart of ${server.name}`, async () => {
    const env = environment(server, 'frank')
    const [listeners, loop, lists, rows, queues, dial, ids, watching] = [
      blockOf('docs/guides/events.md', 'listener.remove()'),
      blockOf('docs/guides/events.md', "overflow: 'drop-oldest'"),
      blockOf('docs/guides/lists.md', 'QueueStatusComplete'),
      blockOf('docs/guides/lists.md', 'PJSIPShowEndpoints'),
      blockOf('docs/guides/lists.md', 'queue.callers.length'),
      blockOf('docs/guides/originating-calls.md', 'Local/busy@default'),
      blockOf('docs/guides/originating-calls.md', 'order-4711'),
      blockOf('docs/guides/several-servers.md', 'is back after'),
    ]
    const account = 'host: process.env.AMI_HOST, port: Number(process.env.AMI_PORT), ...account'
    await using client = program(
      inOne(
        `const ami = await connect({ ${account} })
        const handler = () => {}
        const log = (...words) => console.log('log', ...words)
        {`,
        listeners,
        `}
        console.log('watching')
        for await (const status of ami.status()) if (status.type === 'ready' && status.gap !== null) break
        {`,
        ...[lists, rows, queues, dial, ids].flatMap((block) => [block, '}\n{']),
        `const { Channel: channel } = await ami.originate({ Channel: 'Local/wait@default', Application: 'Wait', Data: 9 })
        `,
        loop,
        `}
        console.log('done')
        await ami.close()`,
      ),
      env,
    )
    await using fleet = program(
      inOne(
        watching
          .replace("host: 'pbx1', username: 'frank', secret: 'lean'", account)
          .replace('for await', 'await fleet.connect()\nconsole.log("watching")\nfor await'),
      ),
      env,
    )
    await Promise.all([client.said(/^watching$/m), fleet.said(/^watching$/m)])
    await server.asLarge(PHONES, async () => {
      assert.equal(await client.end(), 0, client.output)
      assert.match(client.output, /^done$/m)
      // the listeners of before the restart
      assert.match(client.output, /^log Hangup$/m)
      assert.match(client.output, /^log support 0 waiting, \d+ free$/m)
      await fleet.said(/^north: .*\n(?:.*\n)*north is back after \d+ ms$/m)
    })
  })
}

/** One program of pieces: their imports stand in front. */
function inOne(...pieces: readonly string[]): string {
  const code = pieces.join('\n')
  const imported = new Set([
    'connect',
    ...[...code.matchAll(/^import \{ (.*) \} from 'amiable'$/gm)].flatMap(([, names = '']) => names.split(', ')),
  ])
  return `import assert from 'node:assert/strict'
    import { ${[...imported].join(', ')} } from 'amiable'
    const account = { username: process.env.AMI_USERNAME, secret: process.env.AMI_SECRET }
    ${code.replace(/^import .*$/gm, '')}`
}

function program(code: string, env: Record<string, string>, held = false): Program {
  return new Program('--input-type=module', ['-e', code], env, held)
}

/** The piece of code of a page that holds these words. */
function blockOf(page: string, words: string): string {
  const text = readFileSync(join(EXAMPLES, '..', page), 'utf8')
  const blocks = [...text.matchAll(/^```(?:js|ts)(?: run)?\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  const found = blocks.find((block) => block.includes(words))
  assert.ok(found, `${page} has no code with ${words}`)
  return found
}

/** The same program with an Asterisk in the place of its simulator: where that is told to disconnect, the test acts. */
function onAsterisk(code: string): string {
  const stub = `const startServer = async () => ({
    port: Number(process.env.AMI_PORT),
    close: async () => {},
    disconnect: () => console.log('disconnects'),
  })`
  const replaced = code.replace(/^import \{ startServer \} from 'amiable\/testing'$/m, stub)
  assert.notEqual(replaced, code)
  return replaced
}
