// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { stayingSuite } from './staying.ts'

withAsterisk(22, stayingSuite)
