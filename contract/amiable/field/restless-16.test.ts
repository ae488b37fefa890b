// needs: asterisk-16
import { withAsterisk } from '../../targets.ts'
import { restless } from './restless-server.ts'

withAsterisk(16, restless)
