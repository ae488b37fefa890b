import { sourceFiles } from '../checks/sources.ts'

/** Test files in the order they run: those that need nothing first, then those that may share a server. */
export interface TestFiles {
  /** Independent of each other: they may run side by side. */
  readonly apart: readonly string[]
  /** They talk to the same real servers, and some restart them: one at a time. */
  readonly shared: readonly string[]
}

const SHARED = /^(?:contract|examples|tools\/codegen|test\/repository\/catalog)\b/
const BENCH = /^bench\//
const SOAK = /(?:^|\/)soak\//

/**
 * Every `*.test.ts` under `root` whose path holds one of `parts`; Node 20's own runner knows no patterns.
 * The long ones, in folders named `soak`, come only when they are asked for, and then alone.
 */
export function findTests(root: string, parts: readonly string[] = [], soak = false): TestFiles {
  const wanted = (path: string) =>
    path.endsWith('.test.ts') &&
    !BENCH.test(path) &&
    SOAK.test(path) === soak &&
    (parts.length === 0 || parts.some((part) => path.includes(part)))
  const files = sourceFiles(root, wanted)
  const shared = (file: string) => soak || SHARED.test(file)
  return { apart: files.filter((file) => !shared(file)), shared: files.filter(shared) }
}
