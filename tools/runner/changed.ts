// Which tests a file can reach, as those that have changed since main: by imports, and by `new URL('…', import.meta.url)`.
import { spawnSync } from 'node:child_process'
import { posix } from 'node:path'
import { importsOf, placesOf, readSource, sourceFiles } from '../checks/sources.ts'
import type { TestFile } from './discovery.ts'

/** Files that every test depends on, though none imports them. */
const EVERYTHING =
  /^(?:package(?:-lock)?\.json|tsconfig[^/]*\.json|tools\/(?:loader|runner)\/|tools\/servers\/[^/]+\/(?!test\/))/

/** Keeps those of the files that what differs from main, committed or not, can reach. */
export function changedTests(root: string, files: readonly TestFile[]): TestFile[] {
  return reachedTests(root, files, changedPaths(root))
}

/** Keeps those of the files that these paths reach; the repository's own tests look at every file. */
export function reachedTests(root: string, files: readonly TestFile[], changed: readonly string[]): TestFile[] {
  if (changed.length === 0) return []
  if (changed.some((path) => EVERYTHING.test(path))) return [...files]
  const reach = reaches(root)
  const hits = new Map(files.map((file) => [file, changed.filter((path) => reach(file.path, path))]))
  // what no test is seen to reach is a matter of the tests in its folder, or in the next one above
  const found = new Set([...hits.values()].flat())
  const homes = changed.filter((path) => !found.has(path)).map((path) => homeOf(path, files))
  return files.filter(
    (file) =>
      file.path.startsWith('test/repository/') ||
      hits.get(file)?.length !== 0 ||
      homes.includes(posix.dirname(file.path)),
  )
}

/** Keeps those of the files that reach `path`, which is a source, by what they import and by programs that they start. */
export function testsReaching(root: string, files: readonly TestFile[], path: string): TestFile[] {
  const reach = reaches(root)
  return files.filter((file) => reach(file.path, path))
}

function homeOf(path: string, files: readonly TestFile[]): string | undefined {
  const homes = new Set(files.map((file) => posix.dirname(file.path)))
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
    if (homes.has(folder)) return folder
  }
  return undefined
}

/** Gives a function that says whether a file imports another one, itself or by others, or names it or its folder. */
function reaches(root: string): (from: string, to: string) => boolean {
  const code = new Set(sourceFiles(root, (path) => path.endsWith('.ts')))
  const ways = new Map<string, string[]>()
  const waysOf = (path: string): string[] => {
    const known = ways.get(path)
    if (known || !code.has(path)) return known ?? []
    const text = readSource(root, path)
    const named = [...importsOf(text).map(({ specifier }) => specifier), ...placesOf(text)]
    const found = named
      .flatMap((specifier) => placeOf(path, specifier) ?? [])
      .flatMap((place) => programsOf(place, code))
    ways.set(path, found)
    return found
  }
  const all = new Map<string, ReadonlySet<string>>()
  const reachOf = (path: string): ReadonlySet<string> => {
    const known = all.get(path)
    if (known) return known
    const seen = new Set([path])
    for (const one of seen) for (const next of waysOf(one)) seen.add(next)
    all.set(path, seen)
    return seen
  }
  return (from, to) => {
    const reach = reachOf(from)
    if (reach.has(to)) return true
    for (let folder = posix.dirname(to); folder !== '.'; folder = posix.dirname(folder)) {
      if (reach.has(folder)) return true
    }
    return false
  }
}

/** What a place may start: a program that is built is its source, and a folder the files in it. */
function programsOf(place: string, code: ReadonlySet<string>): readonly string[] {
  const built = /^(packages\/[\w-]+)\/bin\//.exec(place)
  if (built) return [place, `${built[1]}/src/main.ts`]
  return [place, ...[...code].filter((path) => place !== '.' && posix.dirname(path) === place)]
}

function placeOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier).replace(/\/$/, '')
  const entry = /^amiable(?:\/(\w+))?$/.exec(specifier)
  return entry ? posix.join('packages/amiable/src', entry[1] ?? '', 'index.ts') : undefined
}

function changedPaths(root: string): string[] {
  const git = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
    return status === 0 ? { lines: stdout.split('\n').filter((line) => line !== '') } : { error: stderr.trim() }
  }
  const base = git('merge-base', 'HEAD', 'main').lines?.[0] ?? 'HEAD'
  const listed = [git('diff', '--name-only', base), git('ls-files', '--others', '--exclude-standard')]
  return listed.flatMap(({ lines, error }) => {
    if (lines === undefined) throw new Error(`git cannot say what has changed: ${error}`)
    return lines
  })
}
