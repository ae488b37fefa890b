import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Context, wanted } from '../context.ts'
import { median } from '../stats.ts'
import { compilerCases } from './compiler.ts'
import { loginCases } from './logins.ts'

const BENCH = fileURLToPath(new URL('../..', import.meta.url))
const LIBRARY = join(BENCH, '../packages/amiable')

/** Files and not `--eval`, so that both sides load a module from disk; inside bench/, so that `amiable` is found. */
const withFiles = <T>(files: Record<string, string>, use: (directory: string) => T): T => {
  const directory = mkdtempSync(join(BENCH, 'dist/start-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
    return use(directory)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const time = (command: string, args: readonly string[]): number => {
  const started = performance.now()
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${stderr}${stdout}`.trim().split('\n').at(-1) || `ended with ${status}`)
  return performance.now() - started
}

const importTime = async (ctx: Context): Promise<void> => {
  const files = {
    'bare.mjs': 'export {}\n',
    'net.mjs': "import 'node:net'\nimport 'node:tls'\n",
    'amiable.mjs': "import 'amiable'\n",
  }
  const names = ['bare', 'net', ...wanted(ctx, ['amiable'])]
  const times = new Map<string, number[]>(names.map((name) => [name, []]))
  try {
    withFiles(files, (directory) => {
      for (let i = 0; i < 21; i++) {
        for (const name of names) times.get(name)!.push(time(process.execPath, [join(directory, `${name}.mjs`)]))
      }
    })
  } catch (error) {
    ctx.add({ id: 'start/import', reader: 'amiable', unit: 'ms', value: Number.NaN, note: String(error) })
    return
  }
  const bare = median(times.get('bare')!)
  const labels: Record<string, string> = { bare: 'node', net: 'node + net, tls', amiable: 'amiable' }
  for (const name of names) {
    const value = median(times.get(name)!)
    ctx.add({
      id: 'start/import',
      reader: labels[name]!,
      unit: 'ms',
      value,
      note: name === 'bare' ? '' : `${(value - bare).toFixed(1)} ms over bare node`,
      extra: { overMs: value - bare },
    })
  }
}

interface Packed {
  readonly size: number
  readonly unpackedSize: number
  readonly entryCount: number
}

const size = async (ctx: Context): Promise<void> => {
  if (wanted(ctx, ['amiable']).length === 0) return
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: LIBRARY,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  const parsed = JSON.parse(stdout) as Packed[] | Record<string, Packed>
  const packed = Array.isArray(parsed) ? parsed[0]! : Object.values(parsed)[0]!
  ctx.add({
    id: 'start/install-size',
    reader: 'amiable',
    unit: 'kB unpacked',
    value: packed.unpackedSize / 1024,
    note: `${Math.round(packed.size / 1024)} kB packed, ${packed.entryCount} files, no dependencies`,
  })
}

export const startCases: Record<string, (ctx: Context) => Promise<void>> = {
  'start/import': importTime,
  'start/install-size': size,
  ...loginCases,
  ...compilerCases,
}
