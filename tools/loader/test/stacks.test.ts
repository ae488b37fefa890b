import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runProgram } from '../../testbed/child.ts'

// what has types and a declaration with `using` is made to other lines
const PROGRAM = `interface Thing {
  readonly name: string
}

async function close(thing: Thing): Promise<void> {
  await using _held = { [Symbol.asyncDispose]: async () => {} }
  throw new TypeError(thing.name)
}

const stackOf = (error: unknown): string => (error as Error).stack ?? ''
await close({ name: 'closed' }).catch((error) => console.log(stackOf(error)))
try {
  Buffer.alloc('much' as never)
} catch (error) {
  console.log(stackOf(error))
}
`

async function printed(t: TestContext, env: NodeJS.ProcessEnv): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'amiable-stacks-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const program = join(folder, 'program.ts')
  writeFileSync(program, PROGRAM)
  const { code, output } = await runProgram(program, { env: { ...process.env, ...env } })
  assert.equal(code, 0, output)
  return output.replaceAll(program, 'program.ts')
}

test('a stack names the lines of the source', async (t) => {
  const output = await printed(t, { NODE_V8_COVERAGE: undefined })
  assert.match(output, /^TypeError: closed\n {4}at close \(program\.ts:7:9\)\n/)
  assert.match(output, /\nTypeError \[ERR_INVALID_ARG_TYPE\]: The "size" argument must/)
  assert.match(output, /\n {4}at program\.ts:13:10\n/)
})

test('where lines are counted it names the same ones', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'amiable-counted-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const output = await printed(t, { NODE_V8_COVERAGE: folder })
  assert.match(output, /at close \(program\.ts:7:9\)\n/)
  assert.match(output, /program\.ts:13:10\)?\n/)
})
