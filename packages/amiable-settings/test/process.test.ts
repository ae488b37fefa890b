// How the process of a command ends: with all that it printed, or with the truth about what is missing.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const SOURCE = new URL('../src/index.ts', import.meta.url).href

/** Starts a command of which this is the work, with `parts` at hand. */
function start(work: string, stdout: number | 'pipe'): ChildProcess {
  const program = `
    import { CliError, runCommand } from ${JSON.stringify(SOURCE)}
    runCommand({
      name: 'it',
      async run(parts) { ${work} },
      async report(error, { err }) {
        err.offer(error.message)
        return error instanceof CliError ? error.exit : 70
      },
    })`
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', stdout, 'pipe'],
  })
}

async function endOf(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stderr }
}

test('a command that waits for what cannot come fails, and says so', async () => {
  const { code, stderr } = await endOf(start('await new Promise(() => {})', 'pipe'))
  assert.equal(code, 70, stderr)
  assert.match(stderr, /^the command waits, and nothing is left that it could wait for\n$/)
})

test('a pipe that nobody reads does not hold a command back that a signal ends, and the loss is told', async (t) => {
  if (process.platform !== 'linux') return t.skip('a pipe is opened again by /proc')
  const folder = mkdtempSync(join(tmpdir(), 'amiable-process-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const pipe = join(folder, 'pipe')
  spawnSync('mkfifo', [pipe])
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(pipe, 'w')
  t.after(() => closeSync(reader))
  const child = start("parts.err.offer('ready'); await parts.out.line('x'.repeat(1e6)); return 0", writer)
  closeSync(writer)
  const ended = endOf(child)
  await new Promise((resolve) => child.stderr?.once('data', resolve))
  child.kill('SIGTERM')
  const { code, stderr } = await ended
  assert.equal(code, 74, stderr)
  const [, missing] = /nobody has read the end of the output: (\d+) bytes of it are lost/.exec(stderr) ?? []
  assert.equal(readSync(reader, Buffer.alloc(1_000_001)) + Number(missing), 1_000_001)
})
