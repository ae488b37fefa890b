import { withSimulator } from '../target.ts'
import { daily } from './suite.ts'

await withSimulator(daily)
