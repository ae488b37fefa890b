// node --import tsx report-of.ts ROOT FILE …: what npm test would say of these files.
import { run } from 'node:test'
import { Report, type TestEvent } from '../../scripts/test-report.ts'

const [root = '', ...files] = process.argv.slice(2)
const report = new Report(root, console.log)
for await (const event of run({ files, concurrency: 2 }) as AsyncIterable<TestEvent>) report.take(event)
report.finish()
console.log(report.lastLine)
