// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { restless } from './restless-server.ts'

withAsterisk(22, restless)
