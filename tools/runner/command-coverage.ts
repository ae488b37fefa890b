// npm run coverage: what the unit tests run of packages/amiable-cli/src, the commands that they start included. It stands
// beside npm test, whose tests run the command as it is published, without maps, and would take twice the time for it.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleCliWithMaps } from '../build/bundle-cli.ts'
import { FROM_SOURCES } from '../testbed/child.ts'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const FOLDER = join(ROOT, 'coverage/command')
const TESTS = join(ROOT, 'packages/amiable-cli/test')

rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })
const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'))
const env = {
  ...process.env,
  AMIABLE_COMMAND: await bundleCliWithMaps(join(FOLDER, 'bin')),
  NODE_V8_COVERAGE: join(FOLDER, 'tmp'),
  TSX_TSCONFIG_PATH: join(ROOT, 'tools/runner/tsconfig.run.json'),
}
const tests = [...FROM_SOURCES, '--test', ...files.map((name) => join(TESTS, name))]
spawnSync(process.execPath, tests, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'inherit'] })
const c8 = join(ROOT, 'node_modules/.bin/c8')
const { status } = spawnSync(c8, ['report', '--config', '.c8rc.command.json'], { cwd: ROOT, stdio: 'inherit' })
process.exitCode = status ?? 1
