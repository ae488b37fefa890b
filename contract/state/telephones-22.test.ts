// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { telephones } from './telephones.ts'

withAsterisk(22, telephones)
