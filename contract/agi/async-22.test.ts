// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { sessions } from './sessions.ts'
import { asyncAgi } from './stage.ts'

withAsterisk(22, (target) => sessions(target, asyncAgi))
