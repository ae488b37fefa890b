import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Observer } from '../../../tools/codegen/src/observe.ts'
import { report } from './suite.ts'

test('every event of the captured stream, its headers and their values are in the catalog', (t) => {
  const observer = new Observer()
  observer.seeCapture(
    gunzipSync(readFileSync(new URL('../../corpus/asterisk-22.ami.gz', import.meta.url))).toString('utf8'),
  )
  report(t, observer)
  assert.ok(observer.size > 30, `only ${observer.size} events`)
  assert.deepEqual(observer.gaps(), [])
})
