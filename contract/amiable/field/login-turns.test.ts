import { withSimulator } from '../../targets.ts'
import { loginTurns } from './login-turns.ts'

await withSimulator(loginTurns)
