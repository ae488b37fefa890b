// node --import tsx tools/codegen/src/observe-main.ts capture…: what of captures of the wire the catalog does not know
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { EXPLAINED, Observer } from './observe.ts'

const observer = new Observer()
for (const file of process.argv.slice(2)) {
  const bytes = readFileSync(file)
  observer.seeCapture((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
}
for (const finding of observer.findings()) {
  const why = EXPLAINED[finding]
  console.log(why === undefined ? finding : `${finding} (explained: ${why})`)
}
console.log(`${observer.size} events seen, ${observer.gaps().length} gaps`)
if (observer.gaps().length > 0) process.exitCode = 1
