import { withNamedServers } from '../target.ts'
import { catalog } from './suite.ts'

withNamedServers(catalog)
