// needs: named
import { withNamedServers } from '../targets.ts'
import { contract } from './suite/all.ts'

withNamedServers(contract)
