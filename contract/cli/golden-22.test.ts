// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { exitSuite } from './exits.ts'
import { goldenSuite } from './golden.ts'

withAsterisk(22, goldenSuite)
withAsterisk(22, exitSuite)
