// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { badNights, largeReads, restarts } from './bad-nights.ts'
import { following } from './following.ts'
import { rights } from './rights.ts'
import { truth } from './truth.ts'

withAsterisk(16, (target) => {
  rights(target)
  following(target)
  badNights(target)
  largeReads(target)
  truth(target, [1, 2, 3, 4, 5])
  restarts(target)
})
