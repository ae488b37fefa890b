// needs: asterisk-16
import { withAsterisk } from '../../../targets.ts'
import { bigRestarts } from '../restart.ts'

withAsterisk(16, (target) => bigRestarts(target, 10, console.log))
