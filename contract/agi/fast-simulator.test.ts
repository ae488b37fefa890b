import { withSimulator } from '../targets.ts'
import { sessions } from './sessions.ts'
import { fastAgi } from './stage.ts'

await withSimulator((target) => sessions(target, fastAgi))
