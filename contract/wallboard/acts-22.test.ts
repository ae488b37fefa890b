// needs: asterisk-22
import { test } from 'node:test'
import { withAsterisk } from '../targets.ts'
import { tryVerbs } from './acts.ts'

withAsterisk(22, (target) => {
  test('each verb does on a real Asterisk what it says, and a second connection sees it', { timeout: 120_000 }, (t) =>
    tryVerbs(target, (close) => t.after(close)),
  )
})
