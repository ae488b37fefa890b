import { manySeeds } from '../support/seeds.ts'
import { lateSimulator } from '../support/simulated.ts'
import { truth } from '../truth.ts'

truth(await lateSimulator(), manySeeds(), 4)
