// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { loginTurns } from './login-turns.ts'
import { bigRestarts, driverAway, moduleAway, ringingAtRestart } from './restart.ts'

withAsterisk(22, (target) => {
  loginTurns(target)
  moduleAway(target)
  driverAway(target)
  ringingAtRestart(target)
  bigRestarts(target, 1)
})
