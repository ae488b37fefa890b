import { test } from 'node:test'
import { missing } from '../../tools/codegen/src/places.ts'
import { run } from './run.ts'

// the documentation that it is made from comes with the servers: scripts/test.ts builds them first where it can
const absent = missing().map(({ version }) => version)
const why = `the documentation of Asterisk ${absent.join(' and ')} is not on this machine: npm run asterisk -- up`
const required = process.env.CI === 'true' || process.env.AMIABLE_ASTERISK === 'require'
if (absent.length > 0 && !required) console.error(`SKIPPED: the catalog against what it is made from: ${why}`)

test('the catalog is what npm run generate writes', {
  skip: absent.length > 0 && !required && why,
}, async () => {
  // in CI nothing is built here, for what could not be built before cannot be built now
  if (absent.length > 0) throw new Error(why)
  await run(process.execPath, ['--import', 'tsx', 'tools/codegen/src/main.ts', '--check'])
})
