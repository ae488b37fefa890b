import { withSimulator } from '../targets.ts'
import { delivered } from './delivered.ts'

await withSimulator(delivered)
