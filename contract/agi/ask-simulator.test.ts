import { withSimulator } from '../targets.ts'
import { questions } from './ask.ts'
import { asyncAgi, fastAgi } from './stage.ts'

await withSimulator((target) => {
  questions(target, fastAgi)
  questions(target, asyncAgi)
})
