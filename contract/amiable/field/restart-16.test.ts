// needs: asterisk-16
import { withAsterisk } from '../../targets.ts'
import { bigRestarts, moduleAway } from './restart.ts'

withAsterisk(16, (target) => {
  moduleAway(target)
  bigRestarts(target, 1)
})
