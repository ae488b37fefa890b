import { run } from 'node:test'
import { FileResult, type Report, type TestEvent } from './report.ts'

/** How files are run. */
export interface RunOptions {
  /** How many at once, each in a process of its own. */
  readonly concurrency: number
  /** Milliseconds that one file may take. */
  readonly timeout: number
  readonly signal?: AbortSignal
}

/** Runs test files, the next one whenever one has ended, and reports each as it ends. */
export async function runFiles(files: readonly string[], report: Report, options: RunOptions): Promise<void> {
  const { concurrency, timeout, signal } = options
  const waiting = [...files]
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined && !signal?.aborted; file = waiting.shift()) {
      const result = new FileResult(file)
      const events = run({ files: [file], timeout, ...(signal && { signal }) })
      for await (const event of events as AsyncIterable<TestEvent>) result.take(event)
      report.add(file, result)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
}
