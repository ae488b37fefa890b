// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { commandSuite } from './suite.ts'

withAsterisk(16, commandSuite)
