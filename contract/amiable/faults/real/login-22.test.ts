// needs: asterisk-22
import { withAsterisk } from '../../../targets.ts'
import { sessionEnds } from './login.ts'

withAsterisk(22, sessionEnds)
