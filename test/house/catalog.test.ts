import { test } from 'node:test'
import { realTargets } from '../../tools/asterisk/targets.ts'
import { run } from './run.ts'

const { targets, skipped, stop } = await realTargets()
test.after(stop)

// the documentation that it is made from comes with the servers, so where they stand it can be made again
const without = [22, 16].filter((version) => !targets.some((target) => target.full && target.version === version))
const skip = without.length > 0 && `there is no Asterisk ${without.join(' and ')} to read: ${skipped ?? 'none is ours'}`

test('the catalog is what npm run generate writes', { skip }, async () => {
  await run(process.execPath, ['--import', 'tsx', 'tools/codegen/src/main.ts', '--check'])
})
