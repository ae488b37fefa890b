// needs: asterisk-22
import { withAsterisk } from '../../../targets.ts'
import { badNetwork } from './network.ts'

withAsterisk(22, badNetwork)
