// needs: asterisk-22
import { withAsterisk } from '../../../targets.ts'
import { restarts } from './restart.ts'

withAsterisk(22, restarts)
