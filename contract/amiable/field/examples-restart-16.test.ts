// needs: asterisk-16
import { withAsterisk } from '../../targets.ts'
import { examplesThroughRestarts } from './examples-restart.ts'

withAsterisk(16, examplesThroughRestarts)
