import { readSource, sourceFiles } from '../checks/sources.ts'
import { type Needs, needsOf } from './needs.ts'

/** A test file: a path from the root, and what it needs. */
export interface TestFile extends Needs {
  readonly path: string
}

const BENCH = /^bench\//
const SOAK = /(?:^|\/)soak\//

/**
 * Finds every `*.test.ts` under `root` whose path holds one of `parts`; Node 20's own runner knows no patterns.
 * The long ones, in folders named `soak`, come only when they are asked for, and then alone.
 */
export function findTests(root: string, parts: readonly string[] = [], soak = false): TestFile[] {
  const wanted = (path: string) =>
    path.endsWith('.test.ts') &&
    !BENCH.test(path) &&
    SOAK.test(path) === soak &&
    (parts.length === 0 || parts.some((part) => path.includes(part)))
  return sourceFiles(root, wanted).map((path) => {
    const needs = needsOf(path, readSource(root, path))
    return { path, ...needs, alone: needs.alone || soak }
  })
}
