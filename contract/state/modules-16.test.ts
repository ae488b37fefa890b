// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { modules } from './modules.ts'

withAsterisk(16, modules)
