import { withSimulator } from '../targets.ts'
import { asyncAgi } from './async-agi.ts'

await withSimulator(asyncAgi)
