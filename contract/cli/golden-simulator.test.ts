import { describe } from 'node:test'
import { withSimulator } from '../targets.ts'
import { exitSuite } from './exits.ts'
import { goldenSuite } from './golden.ts'
import { goldenLiveSuite } from './golden-live.ts'

await withSimulator((target) => {
  describe('what is printed', () => goldenSuite(target))
  describe('what waits and serves', () => goldenLiveSuite(target))
  describe('exit statuses', () => exitSuite(target))
})
