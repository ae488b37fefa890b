// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { agreesWithTheRecords } from './thousand-calls.ts'

withAsterisk(22, agreesWithTheRecords)
