// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { doctorFileSuite } from './doctor-file.ts'
import { commandSuite } from './suite.ts'

withAsterisk(16, commandSuite)
withAsterisk(16, doctorFileSuite)
