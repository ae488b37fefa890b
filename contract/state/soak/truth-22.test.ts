// needs: asterisk-22
import { withAsterisk } from '../../targets.ts'
import { manySeeds } from '../support/seeds.ts'
import { truth } from '../truth.ts'

withAsterisk(22, (target) => truth(target, manySeeds(), 4))
