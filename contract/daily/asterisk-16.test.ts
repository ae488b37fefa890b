import { withAsterisk } from '../target.ts'
import { daily } from './suite.ts'

withAsterisk(16, daily)
