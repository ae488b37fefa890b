// Who may import whom, by the tables of layer-tables.ts. Each check gives its complaints, one a line.
// node --import tsx tools/checks/layers.ts [ROOT] prints files, imports and upward imports of each module.
import { posix } from 'node:path'
import { type Module, OUTSIDE, PACKAGES, type Package } from './layer-tables.ts'
import { type Import, importsOf, readSource, sourceFiles } from './sources.ts'

const OF_NODE = /(?<![\w.#'])(?:Buffer|process|global|setImmediate)\b(?!['?]?:)/
const GENERATED = /\/generated\//
const BUDGET = 400

/** Finds all that is wrong with how the files of `root` stand to each other. */
export function checkLayers(root: string, packages: readonly Package[] = PACKAGES): string[] {
  const imports = importsUnder(root)
  const found: string[] = []
  for (const [path, all] of imports) {
    const own = packages.find(({ sources }) => path.startsWith(sources))
    for (const one of all) {
      const why = own ? whyNotInside(own, path, one) : whyNotOutside(path, one)
      if (why !== undefined) found.push(`${path} imports '${one.specifier}': ${why}`)
    }
    if (own === undefined && /^packages\/[^/]+\/src\//.test(path)) {
      found.push(`${path}: tools/checks/layer-tables.ts has no table for its package`)
    }
    if (own && moduleOf(own, path)?.rule.browser) found.push(...ofNode(path, readSource(root, path)))
  }
  return [...found, ...circles(imports)]
}

/** Finds hand-written files that want to be split. */
export function checkBudget(root: string): string[] {
  return sourceFiles(root, (path) => /\.tsx?$/.test(path) && !GENERATED.test(path)).flatMap((path) => {
    const lines = readSource(root, path).split('\n').length - 1
    return lines > BUDGET ? [`${path} has ${lines} lines, ${BUDGET} are the most`] : []
  })
}

type Imports = ReadonlyMap<string, readonly Import[]>

function importsUnder(root: string): Imports {
  const files = sourceFiles(
    root,
    (path) => OUTSIDE.some(({ folder }) => path.startsWith(folder)) && /\.tsx?$/.test(path),
  )
  return new Map(files.map((path) => [path, importsOf(readSource(root, path), path)]))
}

function whyNotInside(own: Package, path: string, { specifier, typeOnly }: Import): string | undefined {
  const to = target(path, specifier)
  const from = moduleOf(own, path)
  // the public entries stand above all layers
  if (path.endsWith('/index.ts') && to?.startsWith(own.sources)) return undefined
  if (from === undefined) return 'tools/checks/layer-tables.ts knows no module for this file: add it there'
  if (to === undefined) {
    if (!specifier.startsWith('node:')) return own.dependencies.includes(specifier) ? undefined : 'no such dependency'
    return typeOnly || from.rule.node ? undefined : `'${from.name}' uses no module of Node`
  }
  if (!to.startsWith(own.sources)) return 'a package imports nothing from outside itself by path'
  if (to.endsWith('/index.ts')) return 'nothing inside imports an index'
  const module = moduleOf(own, to)
  if (module === undefined || module.name === from.name || isAmong(module.name, from.rule.beneath)) return undefined
  if (!isAmong(module.name, from.rule.types ?? [])) return `'${module.name}' is not beneath '${from.name}'`
  return typeOnly ? undefined : `'${from.name}' knows only the types of '${module.name}'`
}

function whyNotOutside(path: string, { specifier }: Import): string | undefined {
  const to = target(path, specifier)
  const own = OUTSIDE.find(({ folder }) => path.startsWith(folder))
  if (to === undefined || own === undefined) return undefined
  const home = own.folder === 'packages/' ? packageOf(path) : own.folder
  const isTest = /\.test\.ts$|\/test\//.test(path)
  const sees = [home, ...own.sees, ...(isTest ? (own.tests ?? []) : [])]
  return sees.some((one) => to.startsWith(one)) ? undefined : `${home} does not see it: ${sees.join(', ')}`
}

function isAmong(name: string, modules: readonly string[]): boolean {
  return modules.some((one) => name === one || name.startsWith(`${one}/`))
}

function moduleOf({ sources, modules }: Package, path: string): { name: string; rule: Module } | undefined {
  let name = path.slice(sources.length).replace(/\.tsx?$/, '')
  while (name !== '' && name !== '.') {
    const rule = modules[name]
    if (rule !== undefined) return { name, rule }
    name = posix.dirname(name)
  }
  return undefined
}

function ofNode(path: string, text: string): string[] {
  const found = text
    .split('\n')
    .filter((line) => !/^\s*(?:\/?\*|\/\/)/.test(line))
    .map((line) => OF_NODE.exec(line)?.[0])
    .find((name) => name !== undefined)
  return found === undefined ? [] : [`${path} uses ${found}, which browsers do not have`]
}

function packageOf(path: string): string {
  return `${path.split('/').slice(0, 2).join('/')}/`
}

function target(path: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined
}

/** Circles of imports, those of types too: two files that know each other are one file, or lack a third. */
function circles(imports: Imports): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) {
      found.push(`a circle: ${[...way.slice(way.indexOf(path)), path].join(' -> ')}`)
      return
    }
    if (done.has(path)) return
    for (const { specifier } of imports.get(path) ?? []) {
      const to = target(path, specifier)
      if (to !== undefined) visit(to, [...way, path])
    }
    done.add(path)
  }
  for (const path of imports.keys()) visit(path, [])
  return found
}

/** A module in figures. */
interface Figures {
  files: number
  /** Imports of other modules of its package. */
  imports: number
  upward: number
}

/** Counts each module's files, its imports of other modules and those that go upward; what no table knows by folder. */
function figuresOf(imports: Imports): Map<string, Figures> {
  const found = new Map<string, Figures>()
  for (const own of PACKAGES) {
    const folder = own.sources.split('/')[1] ?? ''
    const nameOf = (path: string) =>
      moduleOf(own, path)?.name ?? posix.dirname(path.slice(own.sources.length)).replace(/^\.$/, 'entry')
    for (const [path, all] of imports) {
      if (!path.startsWith(own.sources)) continue
      const name = nameOf(path)
      const figures = found.get(`${folder}: ${name}`) ?? { files: 0, imports: 0, upward: 0 }
      found.set(`${folder}: ${name}`, figures)
      figures.files++
      for (const one of all) {
        const to = target(path, one.specifier)
        if (to === undefined || nameOf(to) === name) continue
        figures.imports++
        if (moduleOf(own, path) && whyNotInside(own, path, one) !== undefined) figures.upward++
      }
    }
  }
  return found
}

function print(root: string): void {
  const all = importsUnder(root)
  const row = (...cells: (string | number)[]) => console.log(cells.map((cell) => String(cell).padStart(8)).join(''))
  row('files', 'imports', 'upward', '  module')
  const total = { files: 0, imports: 0, upward: 0 }
  for (const [name, { files, imports, upward }] of [...figuresOf(all)].sort()) {
    row(files, imports, upward, `  ${name}`)
    total.files += files
    total.imports += imports
    total.upward += upward
  }
  row(total.files, total.imports, total.upward, '  all')
  console.log(`circles, types counted: ${circles(all).length}`)
}

if (import.meta.filename === process.argv[1]) print(process.argv[2] ?? '.')
