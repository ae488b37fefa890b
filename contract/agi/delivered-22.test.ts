// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { delivered } from './delivered.ts'

withAsterisk(22, delivered)
