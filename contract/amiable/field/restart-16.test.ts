// needs: asterisk-16
import { withAsterisk } from '../../targets.ts'
import { lateComers } from './late-comers.ts'
import { loginTurns, oneRefusal } from './login-turns.ts'
import { bigRestarts, dialplanAway, dialplanComesAndGoes, driverAway, moduleAway, ringingAtRestart } from './restart.ts'

withAsterisk(16, (target) => {
  loginTurns(target)
  oneRefusal(target)
  moduleAway(target)
  driverAway(target)
  dialplanAway(target)
  dialplanComesAndGoes(target)
  ringingAtRestart(target)
  lateComers(target, () => target.server.restart('now'))
  bigRestarts(target, 1)
})
