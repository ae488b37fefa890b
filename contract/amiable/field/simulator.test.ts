import { withSimulator } from '../../targets.ts'
import { loginTurns } from './login-turns.ts'
import { dialplanAway, driverAway } from './restart.ts'

await withSimulator((target) => {
  loginTurns(target)
  driverAway(target)
  dialplanAway(target)
})
