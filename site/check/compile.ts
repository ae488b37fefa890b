import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { allActions, allEvents } from '../pages/catalog.ts'
import { actionCode, eventCode } from '../pages/samples.ts'

const SITE = join(import.meta.dirname, '..')
const FOLDER = join(SITE, 'dist/.snippets')

/** Compiles the TypeScript that the pages show, and the site's own. Throws what the compiler says. */
export function compile(): void {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  const snippets = [
    ...allActions.map((action) => ({ name: `action ${action.name}`, code: actionCode(action) })),
    ...allEvents.map((event) => ({ name: `event ${event.name}`, code: eventCode(event) })),
  ]
  const parts = snippets.map(({ name, code }, at) => {
    const body = code.replace(/^import [^\n]*\n+/, '')
    return `// ${name}\nexport async function snippet${at}(ami: Client): Promise<void> {\nvoid ami\n{\n${body}\n}\n}\n`
  })
  writeFileSync(
    join(FOLDER, 'snippets.ts'),
    `import { type Client, connect } from 'amiable'\n\n// biome-ignore-all lint: made\n${parts.join('\n')}`,
  )
  const tsc = join(SITE, '../node_modules/.bin/tsc')
  const { status, stdout, stderr } = spawnSync(tsc, ['-p', SITE, '--pretty', 'false'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${stdout}${stderr}`.slice(0, 8_000))
}
