import { test } from 'node:test'
import type { OurAsterisk } from '../../targets.ts'
import { brokenFileTests } from './broken-files.ts'
import { brokenServerTests, OUTSIDE } from './broken-server.ts'
import { Checks } from './checks.ts'

/** Looks at every check of doctor, broken and sound. */
export function doctorSuite(target: OurAsterisk): void {
  const isOld = target.version === 16
  const checks = new Checks(isOld ? ['V2'] : [], {
    ...(isOld ? {} : { V2: 'Asterisk 22 gets security fixes', V3: 'Asterisk 22.10 has the mend' }),
    ...(OUTSIDE === undefined && { T5: 'this machine has no address at which others can reach it' }),
  })
  brokenFileTests(target, checks)
  brokenServerTests(target, checks)
  test(`${target.name}: every check of doctor was broken and sound, or has a reason why not`, () => checks.complete())
}
