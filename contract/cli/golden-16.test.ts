// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { exitSuite } from './exits.ts'
import { goldenSuite } from './golden.ts'

withAsterisk(16, goldenSuite)
withAsterisk(16, exitSuite)
