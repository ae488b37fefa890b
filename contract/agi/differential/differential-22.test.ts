// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { differential } from './differential.ts'

withAsterisk(22, differential)
