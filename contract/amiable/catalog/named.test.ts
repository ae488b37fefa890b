// needs: named
import { withNamedServers } from '../../targets.ts'
import { catalog } from './suite.ts'

withNamedServers(catalog)
