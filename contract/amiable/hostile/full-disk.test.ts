// What becomes of recordings where the disk takes no more, a file cannot be made, or one is removed or cut.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { connect } from 'amiable'
import { readEvents, readRecording, record, replay, startProxy, startServer } from 'amiable/testing'
import { FROM_SOURCES } from '../../../tools/testbed/child.ts'

const program = fileURLToPath(new URL('children/recorder.ts', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'amiable-full-disk-'))
after(() => rmSync(directory, { recursive: true }))
const fileOf = (name: string): string => join(directory, name)

const warnings: string[] = []
process.on('warning', ({ message }) => warnings.push(message))
const tick = () => new Promise(setImmediate)
/** What the process was warned of a file. */
async function warningsOf(file: string): Promise<string[]> {
  await tick()
  return warnings.filter((text) => text.startsWith(`${file}: `))
}

/** Runs the program under a limit of the system's. */
function underLimit(limit: string, file: string, ...what: string[]): Record<string, unknown> {
  const script = `ulimit ${limit}; exec "$0" "$@"`
  const output = execFileSync('sh', ['-c', script, process.execPath, ...FROM_SOURCES, program, file, ...what], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 60_000,
  })
  return JSON.parse(output)
}

for (const source of ['client', 'proxy']) {
  test(`a disk that takes no more ends the recording of a ${source}, tells at once, and harms no call`, async () => {
    const file = fileOf(`${source}.jsonl`)
    // Node ignores SIGXFSZ, so that a write fails as on a full disk
    const { warning, ...result } = underLimit('-f 8', file, source, 'failed')
    assert.deepEqual(result, { stopped: 'EFBIG', answered: true, heard: true })
    assert.ok(String(warning).startsWith(`${file}: the recording has ended`), String(warning))
    // what is there can be read, and whoever reads it is told that it is not all
    let messages = 0
    for await (const _ of readRecording(file)) messages++
    assert.ok(messages > 0)
    assert.match((await warningsOf(file)).join('\n'), /broken off/)
  })
}

async function recorded(file: string, during: () => unknown = () => undefined): Promise<unknown> {
  await using server = await startServer()
  await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const recording = record(ami, file)
  for (let n = 0; n < 5; n++) await ami.send('UserEvent', { UserEvent: 'Five', N: String(n) })
  await during()
  return await recording.stop().catch((error: unknown) => error)
}

test('a file that cannot be made is told at once', async () => {
  const none = fileOf('none/a.jsonl')
  assert.equal(((await recorded(none, tick)) as NodeJS.ErrnoException).code, 'ENOENT')
  assert.equal((await warningsOf(none)).length, 1)
})

test('a recording that cannot begin leaves the one that stood there', () => {
  const old = fileOf('old.jsonl')
  writeFileSync(old, 'precious')
  assert.equal(underLimit('-n 256', old, 'no descriptors').stopped, 'EMFILE')
  assert.equal(readFileSync(old, 'utf8'), 'precious')
  assert.equal(underLimit('-n 256', old, 'client').stopped, 'whole')
  assert.notEqual(readFileSync(old, 'utf8'), 'precious')
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.startsWith('.')),
    [],
  )
})

test('a recording whose file is removed meanwhile is not said to be whole; one that is renamed is', async () => {
  const [gone, moved] = [fileOf('gone.jsonl'), fileOf('moved.jsonl')]
  mkdirSync(fileOf('dir'))
  const inDirectory = fileOf('dir/a.jsonl.gz')
  for (const [file, remove] of [
    [gone, gone],
    [inDirectory, fileOf('dir')],
  ] as const) {
    const error = await recorded(file, () => rmSync(remove, { recursive: true }))
    assert.match(String(error), /file must stay until the end: .* was removed/)
  }
  assert.equal(await recorded(moved, () => renameSync(moved, fileOf('kept.jsonl'))), undefined)
  assert.equal((await readEvents(fileOf('kept.jsonl')).toArray()).length, 5)
  assert.equal(existsSync(moved), false)
})

for (const end of ['jsonl', 'jsonl.gz']) {
  test(`whoever reads a recording that was broken off, wherever, is told (${end})`, async () => {
    const [whole, cut] = [fileOf(`whole.${end}`), fileOf(`cut.${end}`)]
    await recorded(whole)
    const events = await readEvents(whole).toArray()
    assert.equal(events.length, 5)
    await using _ = await replay(whole)
    assert.deepEqual(await warningsOf(whole), [])
    const bytes = readFileSync(whole)
    const lines = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1)
    const places = end === 'jsonl' ? [...lines.slice(2, -1), bytes.length - 2] : [bytes.length - 40, bytes.length / 2]
    for (const [n, place] of places.entries()) {
      writeFileSync(cut, bytes.subarray(0, place))
      const left = await readEvents(cut).toArray()
      assert.ok(left.length <= 5)
      assert.equal((await warningsOf(cut)).length, n + 1, `cut at ${place} of ${bytes.length}`)
    }
    writeFileSync(cut, bytes.subarray(0, places[0]))
    await using served = await replay(cut)
    assert.equal((await warningsOf(cut)).length, places.length + 1)
    assert.ok(served.port > 0)
  })
}

test('what is no file is refused by whoever reads, and a pipe that nobody writes to makes nobody wait', async () => {
  execFileSync('mkfifo', [fileOf('pipe')])
  for (const file of [fileOf('pipe'), directory, '/dev/full']) {
    const refusal = { code: 'AMI_ARGUMENT', argument: 'file', message: /a directory, a pipe or a device/ }
    await assert.rejects(readEvents(file).toArray(), refusal)
    await assert.rejects(replay(file), refusal)
  }
})

test('a file that unpacks to a line without end is refused', async () => {
  const file = fileOf('bomb.jsonl.gz')
  const lines = '{"amiable":"recording","version":1}\n{"t":1,"s":1,"d":"out","text":"'
  const parts = [Buffer.from(lines), Buffer.alloc(140 << 20, 'x')]
  writeFileSync(file, gzipSync(Buffer.concat(parts), { level: 1 }))
  await assert.rejects(readEvents(file).toArray(), { code: 'AMI_ARGUMENT', message: /longer than 128 MiB/ })
})

test('a clock of one’s own that throws ends the recording, and neither client nor proxy', async () => {
  await using server = await startServer()
  await using proxy = await startProxy({ target: { port: server.port } })
  await using ami = await connect({ host: '127.0.0.1', port: proxy.port, username: 'frank', secret: 'lean' })
  for (const source of [ami, proxy]) {
    let asked = 0
    const now = () => {
      if (asked++ > 0) throw new Error('no time')
      return 0
    }
    const recording = record(source, fileOf('timeless.jsonl'), { now })
    await ami.send('Ping')
    await assert.rejects(recording.stop(), { message: 'no time' })
    assert.equal(recording.messages, 0)
  }
  assert.equal((await ami.send('Ping')).success, true)
})
