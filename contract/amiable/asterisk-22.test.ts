// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { contract } from './suite/all.ts'

withAsterisk(22, contract)
