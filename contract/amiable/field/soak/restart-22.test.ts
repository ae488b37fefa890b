// needs: asterisk-22
import { withAsterisk } from '../../../targets.ts'
import { bigRestarts } from '../restart.ts'

withAsterisk(22, (target) => bigRestarts(target, 10, console.log))
