// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { sessions } from './sessions.ts'
import { asyncAgi } from './stage.ts'

withAsterisk(16, (target) => sessions(target, asyncAgi))
