// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { killed } from './killed.ts'

withAsterisk(16, killed)
