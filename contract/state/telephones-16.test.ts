// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { telephones } from './telephones.ts'

withAsterisk(16, telephones)
