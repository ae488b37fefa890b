// Runs in the process of each test file, before it: of the real servers it is handed those that it says it needs, and only
// the library's own tests without a real server are asked which of its lines they run.
import { readFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stopCoverage } from 'node:v8'
import { mapStacks } from '../loader/stacks.mjs'
import type { RealTarget } from '../servers/asterisk/targets.ts'
import { needsOf, ownTargets } from './needs.ts'

// the count takes a third more of a process, and has each one that it starts write a file of half a megabyte
const OF_LIBRARY = /^(?:packages\/amiable|contract\/(?:amiable|agi|state))\//

const file = process.argv[1]
if (file?.endsWith('.test.ts')) {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
  const path = relative(root, file)
  const needs = needsOf(path, readFileSync(file, 'utf8'))
  const targets: RealTarget[] = JSON.parse(process.env.AMIABLE_TARGETS ?? '[]')
  process.env.AMIABLE_TARGETS = JSON.stringify(ownTargets(needs, targets))
  process.env.AMIABLE_NEEDS = needs.servers.map((version) => `asterisk-${version}`).join()
  const counts = OF_LIBRARY.test(path) && needs.servers.length === 0
  if (process.env.NODE_V8_COVERAGE !== undefined && !counts) {
    stopCoverage()
    mapStacks()
    delete process.env.NODE_V8_COVERAGE
  }
}
