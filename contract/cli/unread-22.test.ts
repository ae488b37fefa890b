// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { unreadSuite } from './unread.ts'

withAsterisk(22, unreadSuite)
