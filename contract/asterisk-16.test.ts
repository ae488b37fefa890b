import { contract } from './suite/all.ts'
import { withAsterisk } from './target.ts'

withAsterisk(16, contract)
