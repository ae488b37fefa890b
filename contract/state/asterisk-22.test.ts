// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { truth } from './truth.ts'

withAsterisk(22, (target) => truth(target, [1, 2, 3, 4, 5]))
