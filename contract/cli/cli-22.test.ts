// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { commandSuite } from './suite.ts'

withAsterisk(22, commandSuite)
