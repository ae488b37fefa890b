// npm run site [-- --check] [-- --base /docs/]: builds the documentation site into site/dist/site.
// It fetches site's packages once, and needs no network after that. --check looks at what was built, also in a browser;
// with --built it looks at what an earlier run has built.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const SITE = import.meta.dirname

const { values } = parseArgs({
  options: {
    base: { type: 'string' },
    check: { type: 'boolean', default: false },
    built: { type: 'boolean', default: false },
  },
})
// a check builds for a folder of a server: what works there works at its root too
const base = values.base ?? (values.check ? '/docs/' : '/')
if (!/^\/(?:[\w.-]+\/)*$/.test(base)) {
  console.error(`--base must begin and end with a slash, as in /docs/, and is ${base}`)
  process.exit(2)
}

install()
const { build } = await import('./build.ts')
if (!values.built) await build(base)
if (values.check) {
  const { check } = await import('./check/check.ts')
  process.exitCode = (await check(base)) ? 0 : 1
}

/** Installs the packages of the lock file, where they are not there yet. */
function install(): void {
  const lock = readFileSync(join(SITE, 'package-lock.json'), 'utf8')
  const mark = join(SITE, 'node_modules/.amiable-lock.json')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return
  execFileSync('npm', ['ci', '--silent', '--no-audit', '--no-fund'], { cwd: SITE, stdio: 'inherit' })
  writeFileSync(mark, lock)
}
