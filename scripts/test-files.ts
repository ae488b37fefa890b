import { sourceFiles } from './sources.ts'

/** Test files in the order they run: those that need nothing first, then those that may share a server. */
export interface TestFiles {
  /** Independent of each other: they may run side by side. */
  readonly apart: readonly string[]
  /** They talk to the same real servers, and some restart them: one at a time. */
  readonly shared: readonly string[]
}

const SHARED = /^(?:contract|examples)\//
const ELSEWHERE = /(?:^|\/)(?:bench|soak)\//

/** Every `*.test.ts` under `root` whose path holds one of `parts`; Node 20's own runner knows no patterns. */
export function findTests(root: string, parts: readonly string[] = []): TestFiles {
  const wanted = (path: string) =>
    path.endsWith('.test.ts') &&
    !ELSEWHERE.test(path) &&
    (parts.length === 0 || parts.some((part) => path.includes(part)))
  const files = sourceFiles(root, wanted)
  return { apart: files.filter((file) => !SHARED.test(file)), shared: files.filter((file) => SHARED.test(file)) }
}
