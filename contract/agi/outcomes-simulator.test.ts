import { withSimulator } from '../targets.ts'
import { outcomes } from './outcomes.ts'
import { rights } from './rights.ts'

await withSimulator((target) => {
  outcomes(target)
  rights(target)
})
