// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { fastHangups } from './fast-hangups.ts'

withAsterisk(22, fastHangups)
