// Loads the files of the command. What V8 makes of them is kept, for compiling is a third of a short command's time.
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { Script } from 'node:vm'

/** The digest of all files of this build. */
declare const BUILD: string

interface Loaded {
  exports: unknown
}

const MAIN = './main.cjs'
const OTHERS_WRITE = 0o022
const loaded = new Map<string, Loaded>()
/** What was compiled, and not found. */
const compiled = new Map<string, Script>()
const kept = placeOf(process.env)

if (kept === undefined) require(MAIN)
else {
  load(MAIN)
  process.once('exit', () => keep(kept))
}

/** Where code is kept: in a folder below the user's own, by way of others. */
interface Place {
  readonly folder: string
  /** The user's own folder, and those between. */
  readonly above: readonly string[]
}

/**
 * Returns the place of what is kept. There is none without a home that the user alone can change: as with sudo, which
 * leaves HOME as it was, and where HOME is /tmp. Node's own variables may ask for none, or would count calls wrongly.
 */
function placeOf({ XDG_CACHE_HOME, HOME, NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE }: NodeJS.ProcessEnv) {
  const home = XDG_CACHE_HOME || HOME || ''
  if (NODE_DISABLE_COMPILE_CACHE || NODE_V8_COVERAGE || !isAbsolute(home)) return undefined
  const caches = XDG_CACHE_HOME || join(home, '.cache')
  const code = join(caches, 'amiable', 'code')
  const above = [home, caches, dirname(code), code]
  const place = { folder: join(code, `${BUILD}-${process.version}-${process.arch}`), above }
  try {
    return isOwn(home) && isSafe(place) ? place : undefined
  } catch {
    return undefined
  }
}

/** Whether only this user can change what is in a folder, as far as the way to it is there already. */
function isSafe({ folder, above }: Place): boolean {
  return [...above, folder].every((one) => isOwn(one) !== false)
}

/** Whether a folder belongs to this user, and nobody else can change it. `undefined` where there is none. */
function isOwn(folder: string): boolean | undefined {
  const stat = statSync(folder, { throwIfNoEntry: false })
  return stat?.isDirectory() && stat.uid === process.geteuid?.() && (stat.mode & OTHERS_WRITE) === 0
}

/** Runs a file as Node's own `require` does, and returns what it exports. */
function load(name: string): unknown {
  const before = loaded.get(name)
  if (before !== undefined) return before.exports
  const path = join(__dirname, name)
  const code = `(function (exports, require, module, __filename, __dirname) { ${readFileSync(path, 'utf8')}\n})`
  const script = new Script(code, { filename: path, cachedData: keptOf(name) })
  // V8 rejects what another version of it has made, or other options
  if (script.cachedDataRejected !== false) compiled.set(name, script)
  const module: Loaded = { exports: {} }
  loaded.set(name, module)
  const run = script.runInThisContext() as (...parts: readonly unknown[]) => void
  const own = (wanted: string): unknown => (wanted.startsWith('./') ? load(wanted) : require(wanted))
  run.call(module.exports, module.exports, own, module, path, __dirname)
  return module.exports
}

/** Reads what was kept of a file; V8 trusts it, so it must be the user's own and undamaged. */
function keptOf(name: string): Buffer | undefined {
  let file: number | undefined
  try {
    // a pipe in its place does not block
    file = openSync(join(kept?.folder ?? '', name), constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = fstatSync(file)
    if (!stat.isFile() || stat.uid !== process.geteuid?.() || (stat.mode & OTHERS_WRITE) !== 0) return undefined
    return undamaged(readFileSync(file))
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/**
 * Returns the data that a file holds twice, if both copies are equal. V8 checks no bytes, and ends Node where they are
 * damaged. To compare two copies is quicker than any sum that needs a module of Node.
 */
function undamaged(copies: Buffer): Buffer | undefined {
  const half = copies.length / 2
  if (half === 0 || !Number.isInteger(half)) return undefined
  const data = copies.subarray(0, half)
  return data.equals(copies.subarray(half)) ? data : undefined
}

const WEEK = 7 * 24 * 60 * 60 * 1_000
const NAME_OF_BUILD = /^[0-9a-f]{16}-v\d[\w.-]*$/

/** Keeps what was compiled now, and removes what builds before have left. */
function keep(place: Place): void {
  const { folder } = place
  if (compiled.size === 0) return
  try {
    makeFolder(folder)
    if (!isSafe(place)) return
    for (const [name, script] of compiled) write(join(folder, name), script.createCachedData())
    for (const name of readdirSync(dirname(folder)).filter((one) => NAME_OF_BUILD.test(one))) {
      const path = join(dirname(folder), name)
      if (path !== folder && Date.now() - lstatSync(path).mtimeMs > WEEK) rmSync(path, { recursive: true, force: true })
    }
  } catch {
    // a full disk, or a home that cannot be written: the next start compiles again
  }
}

/** Makes a folder and those above it. Node's own way never ends where the system makes none, as in /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/** Writes the data twice into a file that is complete or not there, also where the power fails. */
function write(path: string, data: Buffer): void {
  const part = `${path}.${process.pid}`
  // of a process that was killed; in a container all have the same number
  rmSync(part, { force: true })
  const file = openSync(part, 'wx', 0o600)
  try {
    writeFileSync(file, Buffer.concat([data, data]))
    fsyncSync(file)
    // a folder in its place cannot be replaced
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) rmSync(path, { recursive: true })
    renameSync(part, path)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}
