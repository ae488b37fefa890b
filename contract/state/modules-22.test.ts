// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { modules } from './modules.ts'

withAsterisk(22, modules)
