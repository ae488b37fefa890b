// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { doctorFileSuite } from './doctor-file.ts'
import { commandSuite } from './suite.ts'

withAsterisk(22, commandSuite)
withAsterisk(22, doctorFileSuite)
