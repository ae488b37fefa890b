import { withAsterisk } from '../target.ts'
import { catalog } from './suite.ts'

withAsterisk(16, catalog)
