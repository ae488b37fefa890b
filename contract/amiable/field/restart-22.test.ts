// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { bigRestarts, moduleAway } from './restart.ts'

withAsterisk(22, (target) => {
  moduleAway(target)
  bigRestarts(target, 1)
})
