import { withSimulator } from '../targets.ts'
import { questions } from './ask.ts'
import { fastAgi } from './stage.ts'

await withSimulator((target) => questions(target, fastAgi))
