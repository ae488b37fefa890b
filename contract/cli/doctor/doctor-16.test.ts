// needs: asterisk-16
import { withAsterisk } from '../../targets.ts'
import { doctorSuite } from './suite.ts'

withAsterisk(16, doctorSuite)
