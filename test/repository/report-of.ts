// node --import tsx report-of.ts ROOT TIMEOUT FILE …: what npm test would say of these files.
import { Report } from '../../tools/runner/report.ts'
import { runFiles } from '../../tools/runner/run-files.ts'

const [root = '', timeout, ...files] = process.argv.slice(2)
const report = new Report(root, console.log)
await runFiles(files, report, { concurrency: 2, timeout: Number(timeout) })
console.log(report.lastLine)
