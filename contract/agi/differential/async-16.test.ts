// needs: asterisk-16
import { withAsterisk } from '../../targets.ts'
import { asyncDifferential } from './async.ts'

withAsterisk(16, asyncDifferential)
