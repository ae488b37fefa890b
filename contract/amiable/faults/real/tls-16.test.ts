// needs: asterisk-16
import { withAsterisk } from '../../../targets.ts'
import { tls } from './tls.ts'

withAsterisk(16, tls)
