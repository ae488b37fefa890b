// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { asyncAgi } from './async-agi.ts'

withAsterisk(22, asyncAgi)
