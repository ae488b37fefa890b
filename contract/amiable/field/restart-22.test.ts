// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { loginTurns } from './login-turns.ts'
import { bigRestarts, dialplanAway, driverAway, moduleAway, ringingAtRestart } from './restart.ts'

withAsterisk(22, (target) => {
  loginTurns(target)
  moduleAway(target)
  driverAway(target)
  dialplanAway(target)
  ringingAtRestart(target)
  bigRestarts(target, 1)
})
