// needs: asterisk-22
import { withAsterisk } from '../../../targets.ts'
import { tls } from './tls.ts'

withAsterisk(22, tls)
