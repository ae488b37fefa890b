// Where people use the package: runtimes, compilers, bundlers and test frameworks.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  BOTH,
  CJS,
  EDITED,
  EDITED_SAID,
  EDITOR,
  ESM,
  INFER,
  JEST,
  JEST_TIMERS,
  REFUSED,
  SAID,
  SCANS,
  TYPED,
  TYPED_SAID,
  VITEST,
} from './programs.ts'

/** A project with the package in it, in a folder of its own. */
export interface Project {
  /** Writes a file of it. */
  write(name: string, text: string): void
  /** Runs a program in it and gives what it printed; fails with all that it said. */
  run(program: string, ...args: string[]): Promise<string>
  /** A link to what this folder has installed. */
  link(name: string, as?: string): void
}

export interface Chain {
  readonly name: string
  /** Why it cannot be tried here. */
  readonly skip?: string
  readonly try: (project: Project) => Promise<void>
}

const MODULES = join(import.meta.dirname, 'node_modules')
const bin = (...path: string[]) => join(MODULES, ...path)

function expectSaid(said: string, expected: string): void {
  if (said.trim() !== expected) throw new Error(`it said\n${said}\nand should have said\n${expected}`)
}

async function runs(project: Project, program: string[], expected = SAID): Promise<void> {
  const [command = '', ...args] = program
  project.write('package.json', '{ "private": true, "type": "commonjs" }')
  project.write('program.mjs', ESM)
  expectSaid(await project.run(command, ...args, 'program.mjs'), expected)
  project.write('program.cjs', CJS)
  expectSaid(await project.run(command, ...args, 'program.cjs'), expected)
  project.write('both.cjs', BOTH)
  expectSaid(await project.run(command, ...args, 'both.cjs'), 'true true')
  // docs/performance.md has what the scan is worth in each
  project.write('scans.mjs', SCANS)
  expectSaid(await project.run(command, ...args, 'scans.mjs'), 'Pong 1 false true 0')
  expectSaid(await project.run(command, ...args, 'scans.mjs', 'none'), 'Pong 0 true true 0')
}

/** What the language service says: the text of each name's completion. */
interface Edited {
  readonly faults: number
  readonly said: readonly (readonly [name: string, text: string | null])[]
}

/** Whether a completion has a text that begins so; an empty one has none. */
function fits(text: string | null | undefined, beginning: string): boolean {
  return typeof text === 'string' && (beginning === '' ? text === '' : text.startsWith(beginning))
}

/** The first piece of code of a guide. */
function firstCodeOf(guide: string): string {
  const page = readFileSync(join(import.meta.dirname, '../docs/guides', guide), 'utf8')
  return /^```js\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? ''
}

function needs(path: string): Pick<Chain, 'skip'> {
  return existsSync(path) ? {} : { skip: `its binary is not made for ${process.platform} on ${process.arch}` }
}

const runtimes: Chain[] = [
  ...['20', '22', '24', '26'].map((version): Chain => {
    const node = bin(`node${version}`, 'bin/node')
    return { name: `Node ${version}`, ...needs(node), try: (project) => runs(project, [node]) }
  }),
  {
    name: 'Node 21, which is too old, is told so',
    ...needs(bin('node21/bin/node')),
    try: async (project) => {
      project.write('program.mjs', REFUSED)
      const said = await project.run(bin('node21/bin/node'), 'program.mjs')
      if (!/^AMI_CONNECT Node v21\.\S+ is too old for amiable: use Node 20\.19, 22\.12/.test(said))
        throw new Error(said)
    },
  },
  {
    name: 'Bun',
    ...needs(bin('@oven/bun-linux-x64/bin/bun')),
    try: (project) => runs(project, [bin('@oven/bun-linux-x64/bin/bun')]),
  },
  {
    name: 'Deno',
    ...needs(bin('@deno/linux-x64-glibc/deno')),
    try: (project) =>
      runs(project, [bin('@deno/linux-x64-glibc/deno'), 'run', '--quiet', '--allow-all', '--node-modules-dir=manual']),
  },
]

const frameworks: Chain[] = [
  ...['29', '30'].map(
    (version): Chain => ({
      name: `Jest ${version} as it comes`,
      try: async (project) => {
        project.write('package.json', '{ "private": true }')
        project.write('ami.test.js', JEST)
        project.write('page.test.js', firstCodeOf('testing-with-jest.md'))
        // the timers that the page says to leave alone
        project.write('timers.test.js', JEST_TIMERS)
        await project.run(process.execPath, bin(`jest${version}`, 'bin/jest.js'), '--silent')
      },
    }),
  ),
  {
    name: 'vitest',
    try: async (project) => {
      project.write('package.json', '{ "private": true }')
      project.write('ami.test.ts', VITEST)
      project.write('page.test.js', firstCodeOf('testing-with-vitest.md'))
      project.link('vitest')
      await project.run(process.execPath, bin('vitest/vitest.mjs'), 'run')
    },
  },
]

interface Setting {
  readonly name: string
  readonly compiler?: string
  readonly options: Readonly<Record<string, unknown>>
  readonly type?: 'module' | 'commonjs'
  /** Whether what it makes is run; a bundler's is not meant to be. */
  readonly emits?: false
}

// the compiler's options of the project that `nest new` makes, and has made before version 11.1
const nest = {
  module: 'commonjs',
  declaration: true,
  removeComments: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  allowSyntheticDefaultImports: true,
  target: 'ES2023',
  sourceMap: true,
  incremental: true,
  skipLibCheck: true,
  strictNullChecks: true,
  forceConsistentCasingInFileNames: true,
}

const newNest = {
  ...nest,
  module: 'nodenext',
  moduleResolution: 'nodenext',
  resolvePackageJsonExports: true,
  esModuleInterop: true,
  isolatedModules: true,
}

const settings: Setting[] = [
  { name: 'the NestJS template of today (nodenext)', options: newNest },
  { name: 'the NestJS template (commonjs, node10)', options: nest },
  { name: 'commonjs, node10', options: { module: 'commonjs', moduleResolution: 'node10' } },
  { name: 'node16, CommonJS', options: { module: 'node16' } },
  { name: 'node16, ESM', options: { module: 'node16' }, type: 'module' },
  { name: 'nodenext, CommonJS', options: { module: 'nodenext' } },
  { name: 'nodenext, ESM', options: { module: 'nodenext' }, type: 'module' },
  { name: 'bundler', options: { module: 'preserve', moduleResolution: 'bundler' }, type: 'module', emits: false },
  { name: 'nodenext, ESM (TypeScript 7)', compiler: 'typescript7', options: { module: 'nodenext' }, type: 'module' },
  { name: 'nodenext, CommonJS (TypeScript 7)', compiler: 'typescript7', options: { module: 'nodenext' } },
]

const strict = { target: 'es2022', strict: true, lib: ['es2022', 'esnext.disposable'], types: ['node'] }

const compilers = settings.map(({ name, compiler = 'typescript', options, type = 'commonjs', emits = true }): Chain => {
  const compilerOptions = { ...strict, ...options, outDir: 'out' }
  return {
    name: `TypeScript: ${name}`,
    try: async (project) => {
      project.write('package.json', JSON.stringify({ private: true, type }))
      project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['program.ts'] }))
      project.write('program.ts', TYPED)
      project.link('@types/node')
      await project.run(process.execPath, bin(compiler, 'bin/tsc'), '-p', '.')
      if (emits) expectSaid(await project.run(process.execPath, 'out/program.js'), TYPED_SAID)
    },
  }
})

const others: Chain[] = [
  ...(['module', 'commonjs'] as const).map(
    (type): Chain => ({
      name: `TypeScript: declarations of what was inferred, ${type}`,
      try: async (project) => {
        project.write('package.json', JSON.stringify({ private: true, type }))
        project.write('infer.mjs', INFER)
        await project.run(process.execPath, 'infer.mjs')
        const compilerOptions = { ...strict, module: 'nodenext', declaration: true, outDir: 'out' }
        project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['program.ts'] }))
        project.link('@types/node')
        await project.run(process.execPath, bin('typescript7/bin/tsc'), '-p', '.')
      },
    }),
  ),
  {
    name: 'TypeScript: what an editor shows',
    try: async (project) => {
      project.write('package.json', '{ "private": true, "type": "module" }')
      project.write('edited.txt', EDITED)
      project.write('wanted.json', JSON.stringify(EDITED_SAID))
      project.write('editor.cjs', EDITOR)
      project.link('@types/node')
      project.link('typescript')
      const options = JSON.stringify({ ...strict, module: 'nodenext' })
      const { faults, said } = JSON.parse(await project.run(process.execPath, 'editor.cjs', options)) as Edited
      const wrong = EDITED_SAID.filter(([, text = ''], i) => !fits(said[i]?.[1], text))
      if (faults > 0 || wrong.length > 0) throw new Error(`${faults} faults, ${JSON.stringify({ wrong, said })}`)
    },
  },
  {
    name: 'ts-node (commonjs, node10)',
    try: async (project) => {
      const compilerOptions = { ...strict, module: 'commonjs', moduleResolution: 'node10' }
      project.write('package.json', '{ "private": true }')
      project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['program.ts'] }))
      project.write('program.ts', TYPED)
      project.link('@types/node')
      project.link('typescript')
      expectSaid(await project.run(process.execPath, bin('ts-node/dist/bin.js'), 'program.ts'), TYPED_SAID)
    },
  },
  ...(['esm', 'cjs'] as const).map(
    (format): Chain => ({
      name: `esbuild, ${format}`,
      try: async (project) => {
        const outfile = `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`
        project.write('program.mjs', ESM)
        const options = ['--bundle', '--platform=node', `--format=${format}`, `--outfile=${outfile}`]
        await project.run(
          process.execPath,
          bin('esbuild/bin/esbuild'),
          'program.mjs',
          '--log-level=warning',
          ...options,
        )
        expectSaid(await project.run(process.execPath, outfile), SAID)
      },
    }),
  ),
]

export const chains: readonly Chain[] = [...runtimes, ...frameworks, ...compilers, ...others]
