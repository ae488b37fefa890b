// needs: asterisk-16
import { withAsterisk } from '../targets.ts'
import { questions } from './ask.ts'
import { asyncAgi, fastAgi } from './stage.ts'

withAsterisk(16, (target) => {
  questions(target, fastAgi)
  questions(target, asyncAgi)
})
