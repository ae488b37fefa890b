// needs: asterisk-16
import { withAsterisk } from '../../targets.ts'
import { manySeeds } from '../support/seeds.ts'
import { truth } from '../truth.ts'

withAsterisk(16, (target) => truth(target, manySeeds(), 4))
