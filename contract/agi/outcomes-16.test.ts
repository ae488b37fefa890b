// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { outcomes } from './outcomes.ts'
import { rights } from './rights.ts'

withAsterisk(16, (target) => {
  outcomes(target)
  rights(target)
})
