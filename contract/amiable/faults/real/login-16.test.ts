// needs: asterisk-16
import { withAsterisk } from '../../../targets.ts'
import { sessionEnds } from './login.ts'

withAsterisk(16, sessionEnds)
