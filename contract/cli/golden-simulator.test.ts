import { withSimulator } from '../targets.ts'
import { exitSuite } from './exits.ts'
import { goldenSuite } from './golden.ts'

await withSimulator((target) => {
  goldenSuite(target)
  exitSuite(target)
})
