import { contract } from './suite/all.ts'
import { withSimulator } from './target.ts'

await withSimulator(contract)
