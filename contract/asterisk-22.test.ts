import { contract } from './suite/all.ts'
import { withAsterisk } from './target.ts'

withAsterisk(22, contract)
