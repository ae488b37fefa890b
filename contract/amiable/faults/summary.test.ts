import { test } from 'node:test'
import { tableOf, takeFigures } from './nights/results.ts'

// its name makes it the last of this folder
test('what the faults of this run came to', (t) => {
  const figures = takeFigures()
  if (figures.length === 0) return
  const table = tableOf(figures)
  t.diagnostic(table)
  console.log(table)
})
