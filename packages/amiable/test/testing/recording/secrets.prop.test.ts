import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readRecording } from '../../../src/testing/index.ts'
import { RecordingFile } from '../../../src/testing/recording/file.ts'
import { RecordingWriter } from '../../../src/testing/recording/writer.ts'
import { SeededRandom } from '../../../src/testing/time/seeded-random.ts'
import { Plant } from '../../support/plant.ts'
import { places, plain } from '../../support/planted-secrets.ts'

/*
 * Secrets are planted in every kind of place, under every kind of name, in every encoding, among messages that hold
 * none. Not a part of one may be in the recording, in any encoding; all that is no secret must be.
 */

const directory = mkdtempSync(join(tmpdir(), 'amiable-secrets-'))
after(() => rmSync(directory, { recursive: true }))

const BANNER = 'Asterisk Call Manager/11.0.0\r\n'
const SEEDS = 600

/** All that a recording could hold a text as. */
function decodings(bytes: string): string[] {
  const lines = bytes
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { text?: string; bytes?: string })
  const texts = lines
    .map(({ text, bytes: base64 }) => text ?? Buffer.from(base64 ?? '', 'base64').toString('latin1'))
    .join('\n')
  const unescaped = texts.replace(/\\(.)/g, '$1')
  const decoded = texts.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  const base64 = [...texts.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)].map(([found]) =>
    Buffer.from(found, 'base64').toString('latin1'),
  )
  return [bytes, texts, unescaped, decoded, ...base64]
}

test('no part of a secret is in a recording, whatever its place, and all that is none is', async () => {
  const kinds = Object.keys(places)
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = new SeededRandom(seed)
    const plant = new Plant(random)
    const kind = kinds[seed % kinds.length]!
    const flows = { in: '', out: BANNER }
    const file = join(directory, 'planted.jsonl')
    const writer = new RecordingWriter(
      () => new RecordingFile(file),
      'x',
      () => 1,
    )
    for (const [direction, text] of [...plain(plant), ...places[kind]!(plant), ...plain(plant)]) {
      flows[direction] += text
      // cut anywhere, so that what is planted comes in one piece or in several
      const cut = random.integer(0, text.length)
      const banner = direction === 'out' && flows.out === BANNER + text ? BANNER : ''
      writer.chunk(1, direction, banner + text.slice(0, cut), false)
      writer.chunk(1, direction, text.slice(cut), false)
    }
    writer.end(1)
    await writer.close()

    const bytes = readFileSync(file, 'utf8')
    const texts = decodings(bytes)
    for (const secret of plant.secrets) {
      assert.ok(!texts.some((text) => text.includes(secret)), `seed ${seed}, ${kind}: ${secret} is in ${bytes}`)
    }
    for (const witness of plant.witnesses) {
      assert.ok(
        texts.some((text) => text.includes(witness)),
        `seed ${seed}, ${kind}: ${witness} is not in ${bytes}`,
      )
    }
    // the same messages, and the same headers in each
    const recorded = { in: '', out: '' }
    for await (const { direction, text } of readRecording(file)) if (direction !== 'end') recorded[direction] += text
    for (const direction of ['in', 'out'] as const) {
      const [was, is] = [flows[direction], recorded[direction]].map((flow) =>
        flow.split('\r\n').map((line) => line.replace(/:.*/s, '')),
      )
      // a value that was asked for may have line feeds, which go with it
      assert.deepEqual(is, was, `seed ${seed}, ${kind}`)
    }
  }
})
