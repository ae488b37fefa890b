import { contract } from './suite/all.ts'
import { withNamedServers } from './target.ts'

withNamedServers(contract)
