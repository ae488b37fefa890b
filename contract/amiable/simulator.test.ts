import { withSimulator } from '../targets.ts'
import { contract } from './suite/all.ts'

await withSimulator(contract)
