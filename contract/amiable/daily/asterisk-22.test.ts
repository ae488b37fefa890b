// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { daily } from './suite.ts'

withAsterisk(22, daily)
