// needs: asterisk-16
import { describe } from 'node:test'
import { withAsterisk } from '../targets.ts'
import { exitSuite } from './exits.ts'
import { goldenSuite } from './golden.ts'
import { goldenLiveSuite } from './golden-live.ts'
import { rightsSuite } from './rights.ts'

withAsterisk(16, (target) => {
  describe('what is printed', () => goldenSuite(target))
  describe('what waits and serves', () => goldenLiveSuite(target))
  describe('exit statuses', () => exitSuite(target))
  describe('rights', () => rightsSuite(target))
})
