// needs: asterisk-16
import { withAsterisk } from '../../targets.ts'
import { catalog } from './suite.ts'

withAsterisk(16, catalog)
