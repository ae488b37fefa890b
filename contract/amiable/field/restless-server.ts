import assert from 'node:assert/strict'
import { test } from 'node:test'
import { banner, until } from '../../../tools/servers/asterisk/process.ts'
import type { OurAsterisk } from '../../targets.ts'
import { liveThrough } from './restless.ts'

/** Enough for a boot of a second and more. */
const PHONES = 2_000
const BOUND = 60_000
// how many are a calm hour
const CALLS = 5
// the second of them has no phone that answers, and is dialled right all the same
const CHANNELS = ['Local/wait@default', 'IAX2/127.0.0.1:9/1']

/** Restarts, crashes, and crashes in the middle of a boot, under clients that read and dial. */
export function restless(target: OurAsterisk): void {
  const { server, host, port, name } = target
  const listens = () => until(`${name} that boots`, BOUND, () => banner(host, port))

  test(`${name} restarts and crashes, also while it boots: no good number fails, and no refusal is final`, async () => {
    await server.asLarge(PHONES, async () => {
      const lived = await liveThrough(target, ['frank', 'operator', 'nosystem', 'calls'], CHANNELS, async (lived) => {
        const calm = async () => {
          const { answered, read } = lived
          const better = () => lived.answered > answered + CALLS && lived.read > read + CALLS
          await until('calls that are answered again', BOUND, () => better() || lived.wrong.length > 0)
        }
        await calm()
        await server.restart('now')
        await calm()
        await server.kill()
        const first = server.start().catch(() => {})
        await listens()
        await server.kill()
        await first
        await server.start()
        await calm()
        await server.kill()
        await server.start()
        await calm()
      })
      assert.deepEqual(lived.wrong, [])
      assert.ok(lived.disturbed > 0, JSON.stringify(lived))
    })
  })
}
