import { run } from 'node:test'
import { FileResult, type TestEvent } from './report.ts'

/** Runs one test file in a process of its own. `timeout` is in milliseconds. */
export async function runFile(file: string, timeout: number, signal?: AbortSignal): Promise<FileResult> {
  const result = new FileResult(file)
  const events = run({ files: [file], timeout, ...(signal && { signal }) })
  for await (const event of events as AsyncIterable<TestEvent>) result.take(event)
  return result
}
