// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { killed } from './killed.ts'

withAsterisk(22, killed)
