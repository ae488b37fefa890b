// What people paste from the READMEs and the guide of reconnecting survives the bad night as well.
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
