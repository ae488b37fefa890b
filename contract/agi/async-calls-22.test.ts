// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { asyncCalls } from './async-calls.ts'

withAsterisk(22, asyncCalls)
