import type { BuildOptions } from 'esbuild'

/** What the bundles of programs have in common: they run on Node as ES modules, and say whose code is in them in a file. */
export const PROGRAM = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  legalComments: 'none',
} as const satisfies BuildOptions

/** yaml is CommonJS: what it requires of Node, ES modules must be given. */
export const WITH_REQUIRE = {
  js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url)",
}
