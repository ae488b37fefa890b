// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { transfers } from './transfers.ts'

withAsterisk(16, transfers)
