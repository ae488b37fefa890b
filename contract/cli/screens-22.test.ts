// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { screenSuite } from './screens.ts'

withAsterisk(22, screenSuite)
