// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { asyncDifferential } from './async.ts'

withAsterisk(22, asyncDifferential)
