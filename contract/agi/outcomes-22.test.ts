// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { outcomes } from './outcomes.ts'
import { rights } from './rights.ts'

withAsterisk(22, (target) => {
  outcomes(target)
  rights(target)
})
