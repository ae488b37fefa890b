import { withAsterisk } from '../../targets.ts'
import { daily } from './suite.ts'

withAsterisk(22, daily)
