import { describe } from 'node:test'
import { withSimulator } from '../targets.ts'
import { exitSuite } from './exits.ts'
import { goldenSuite } from './golden.ts'

await withSimulator((target) => {
  describe('what is printed', () => goldenSuite(target))
  describe('exit statuses', () => exitSuite(target))
})
