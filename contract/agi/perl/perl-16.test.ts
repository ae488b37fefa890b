// needs: asterisk-16
import { withAsterisk } from '../../targets.ts'
import { perl } from './perl.ts'

withAsterisk(16, perl)
