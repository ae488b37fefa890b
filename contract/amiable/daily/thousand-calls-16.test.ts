// needs: asterisk-16
import { withAsterisk } from '../../targets.ts'
import { agreesWithTheRecords } from './thousand-calls.ts'

withAsterisk(16, agreesWithTheRecords)
