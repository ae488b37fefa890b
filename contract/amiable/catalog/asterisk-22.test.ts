// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { catalog } from './suite.ts'

withAsterisk(22, catalog)
