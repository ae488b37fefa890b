import { withSimulator } from '../../targets.ts'
import { daily } from './suite.ts'

await withSimulator(daily)
