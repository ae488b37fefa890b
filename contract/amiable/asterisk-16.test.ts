// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { contract } from './suite/all.ts'

withAsterisk(16, contract)
