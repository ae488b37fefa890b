// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { stayingSuite } from './staying.ts'

withAsterisk(16, stayingSuite)
