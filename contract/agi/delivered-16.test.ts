// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { delivered } from './delivered.ts'

withAsterisk(16, delivered)
