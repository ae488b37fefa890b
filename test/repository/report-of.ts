// node --import tsx report-of.ts ROOT TIMEOUT FILE …: what npm test would say of these files.
import { join } from 'node:path'
import { Report } from '../../tools/runner/report.ts'
import { runFile } from '../../tools/runner/run-file.ts'

const [root = '', timeout, ...files] = process.argv.slice(2)
const report = new Report(console.log)
await Promise.all(files.map(async (file) => report.add(file, await runFile(join(root, file), Number(timeout)))))
report.end()
