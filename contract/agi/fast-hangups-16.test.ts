// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { fastHangups } from './fast-hangups.ts'

withAsterisk(16, fastHangups)
