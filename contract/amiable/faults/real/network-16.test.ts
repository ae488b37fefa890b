// needs: asterisk-16
import { withAsterisk } from '../../../targets.ts'
import { badNetwork } from './network.ts'

withAsterisk(16, badNetwork)
