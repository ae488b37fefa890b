// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { transfers } from './transfers.ts'

withAsterisk(22, transfers)
