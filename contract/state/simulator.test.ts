import { badNights, largeReads } from './bad-nights.ts'
import { following } from './following.ts'
import { rights } from './rights.ts'
import { lateSimulator } from './support/simulated.ts'
import { agents } from './telephones.ts'
import { truth } from './truth.ts'

const target = await lateSimulator()
rights(target)
following(target)
agents(target)
badNights(target)
largeReads(target)
truth(target, [1, 2, 3, 4, 5])
