// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { asyncCalls } from './async-calls.ts'

withAsterisk(16, asyncCalls)
