// needs: asterisk-22
import { withAsterisk } from '../targets.ts'
import { questions } from './ask.ts'
import { asyncAgi, fastAgi } from './stage.ts'

withAsterisk(22, (target) => {
  questions(target, fastAgi)
  questions(target, asyncAgi)
})
