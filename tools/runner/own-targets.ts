// Runs in the process of each test file, before it: of the real servers it is handed those that it says it needs.
import { readFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RealTarget } from '../servers/asterisk/targets.ts'
import { needsOf, ownTargets } from './needs.ts'

const file = process.argv[1]
if (file?.endsWith('.test.ts')) {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
  const needs = needsOf(relative(root, file), readFileSync(file, 'utf8'))
  const targets: RealTarget[] = JSON.parse(process.env.AMIABLE_TARGETS ?? '[]')
  process.env.AMIABLE_TARGETS = JSON.stringify(ownTargets(needs, targets))
  process.env.AMIABLE_NEEDS = needs.servers.map((version) => `asterisk-${version}`).join()
}
