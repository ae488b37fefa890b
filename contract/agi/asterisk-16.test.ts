// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { asyncAgi } from './async-agi.ts'

withAsterisk(16, asyncAgi)
