import { withSimulator } from '../targets.ts'
import { asyncCalls } from './async-calls.ts'
import { sessions } from './sessions.ts'
import { asyncAgi } from './stage.ts'

await withSimulator((target) => {
  sessions(target, asyncAgi)
  asyncCalls(target)
})
