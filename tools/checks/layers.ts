// Who may import whom: the layers of ARCHITECTURE.md. Each function gives its complaints, one a line.
import { posix } from 'node:path'
import { type Import, importsOf, readSource, sourceFiles } from './sources.ts'

const LIBRARY = 'packages/amiable/src/'

/** For each module of the library the modules beneath it. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  check: ['errors', 'util'],
  util: [],
  catalog: [],
  diagnostics: ['errors'],
  wire: ['errors', 'check', 'util', 'catalog'],
  link: ['wire', 'errors', 'check', 'util', 'diagnostics'],
  client: ['link', 'wire', 'catalog', 'errors', 'check', 'util', 'diagnostics'],
  // of the client only its interface, which leaves nothing behind when it runs
  agi: ['client', 'catalog', 'errors', 'check', 'util'],
  state: ['client', 'catalog', 'errors', 'check', 'util'],
  // never link, never client: the simulator must stay an independent oracle
  testing: ['wire', 'errors', 'check', 'util', 'catalog'],
}

/** Modules that may use Node's modules; the others also run in a browser, so they get types of Node at most. */
const WITH_NODE = new Set(['link', 'agi', 'testing', 'util', 'diagnostics'])
/** Modules that know the client by its types only. */
const CLIENT_AS_TYPES = new Set(['agi', 'state'])
const OF_NODE = /(?<![\w.#'])(?:Buffer|process|global|setImmediate)\b(?!['?]?:)/
const IN_BROWSERS = new Set(['wire', 'catalog', 'state'])

const BUDGET = 400

/** All that is wrong with how the files of `root` stand to each other. */
export function checkLayers(root: string): string[] {
  const files = sourceFiles(root, (path) => /^(?:packages|tools|contract|examples)\/.*\.ts$/.test(path))
  const imports = new Map(files.map((path) => [path, importsOf(readSource(root, path))]))
  return [
    ...files.flatMap((path) => (imports.get(path) ?? []).flatMap((one) => complaintAbout(path, one))),
    ...files.flatMap((path) => ofNode(path, readSource(root, path))),
    ...circles(imports),
  ]
}

/** Hand-written files that want to be split. */
export function checkBudget(root: string): string[] {
  const files = sourceFiles(root, (path) => path.endsWith('.ts') && !path.startsWith(`${LIBRARY}catalog/generated/`))
  return files.flatMap((path) => {
    const lines = readSource(root, path).split('\n').length - 1
    return lines > BUDGET ? [`${path} has ${lines} lines, ${BUDGET} are the most`] : []
  })
}

function complaintAbout(path: string, { specifier, typeOnly }: Import): string[] {
  const to = target(path, specifier)
  const wrong = (why: string) => [`${path} imports '${specifier}': ${why}`]
  if (path.startsWith('packages/') && to !== undefined && !to.startsWith(packageOf(path))) {
    const isForTests = to.startsWith('tools/testbed/') && path.startsWith(`${packageOf(path)}test/`)
    return isForTests ? [] : wrong('a package imports nothing from outside itself by path')
  }
  if (path.startsWith('examples/') && !path.endsWith('.test.ts') && to?.startsWith('packages/')) {
    return wrong("an example shows what users can do: import from 'amiable'")
  }
  return path.startsWith(LIBRARY) ? inLibrary(path, to, typeOnly, specifier, wrong) : []
}

function inLibrary(
  path: string,
  to: string | undefined,
  typeOnly: boolean,
  specifier: string,
  wrong: (why: string) => string[],
): string[] {
  const from = moduleOf(path)
  // the public entries stand above all layers
  if (from === 'index') return []
  const beneath = LAYERS[from]
  if (beneath === undefined) return wrong(`tools/checks/layers.ts knows no module '${from}'`)
  if (to === undefined) {
    if (!specifier.startsWith('node:')) return wrong('the library has no dependencies')
    return typeOnly || WITH_NODE.has(from) ? [] : wrong(`'${from}' uses no module of Node`)
  }
  const module = moduleOf(to)
  if (to.endsWith('/index.ts') || module === 'index') return wrong('nothing inside imports an index')
  if (module === from) return []
  if (!beneath.includes(module)) return wrong(`'${module}' is not beneath '${from}'`)
  if (module === 'client' && CLIENT_AS_TYPES.has(from) && !typeOnly) return wrong(`'${from}' knows only its types`)
  return []
}

function ofNode(path: string, text: string): string[] {
  if (!path.startsWith(LIBRARY) || !IN_BROWSERS.has(moduleOf(path))) return []
  const found = text
    .split('\n')
    .filter((line) => !/^\s*(?:\/?\*|\/\/)/.test(line))
    .map((line) => OF_NODE.exec(line)?.[0])
    .find((name) => name !== undefined)
  return found === undefined ? [] : [`${path} uses ${found}, which browsers do not have`]
}

/** `src/wire/decoder.ts` stands in `wire`, `src/errors.ts` in `errors`. */
function moduleOf(path: string): string {
  return path.slice(LIBRARY.length).split('/')[0]?.replace(/\.ts$/, '') ?? ''
}

function packageOf(path: string): string {
  return `${path.split('/').slice(0, 2).join('/')}/`
}

function target(path: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined
}

/** Circles of imports, those of types too: two files that know each other are one file, or lack a third. */
function circles(imports: ReadonlyMap<string, readonly Import[]>): string[] {
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
