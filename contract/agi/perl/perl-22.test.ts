// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { perl } from './perl.ts'

withAsterisk(22, perl)
