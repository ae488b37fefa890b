// needs: asterisk-16
import { withAsterisk } from '../../targets.ts'
import { differential } from './differential.ts'

withAsterisk(16, differential)
