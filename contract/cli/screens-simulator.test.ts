import { withSimulator } from '../targets.ts'
import { screenSuite } from './screens.ts'

await withSimulator(screenSuite)
