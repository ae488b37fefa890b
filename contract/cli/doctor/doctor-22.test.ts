// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { doctorSuite } from './suite.ts'

withAsterisk(22, doctorSuite)
