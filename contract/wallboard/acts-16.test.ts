// needs: asterisk-16
import { test } from 'node:test'
import { withAsterisk } from '../targets.ts'
import { tryVerbs } from './acts.ts'

withAsterisk(16, (target) => {
  test('each verb does on a real Asterisk what it says, and a second connection sees it', { timeout: 120_000 }, (t) =>
    tryVerbs(target, (close) => t.after(close)),
  )
})
