// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { examplesThroughRestarts } from './examples-restart.ts'

withAsterisk(22, examplesThroughRestarts)
