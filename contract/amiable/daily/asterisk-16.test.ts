// needs: asterisk-16
import { withAsterisk } from '../../targets.ts'
import { daily } from './suite.ts'

withAsterisk(16, daily)
