// needs: asterisk-16
import { withAsterisk } from '../../../targets.ts'
import { restarts } from './restart.ts'

withAsterisk(16, restarts)
