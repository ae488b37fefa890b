// What a release stands on: versions, change log, README, the pages' links, and what no tracked file may hold.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { readSource, sourceFiles } from '../../tools/checks/sources.ts'
import { ROOT } from './paths.ts'
import { run } from './run.ts'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly engines?: { readonly node?: string }
  readonly [field: string]: unknown
}

const manifests = sourceFiles(ROOT, (path) => path.endsWith('package.json') && !path.startsWith('bench/')).map(
  (path) => ({ path, manifest: JSON.parse(readSource(ROOT, path)) as Manifest }),
)
const library = manifests.find(({ path }) => path === 'packages/amiable/package.json')?.manifest as Manifest

test('one version for all packages', () => {
  for (const { path, manifest } of manifests) assert.equal(manifest.version, library.version, path)
})

test('every published package asks for the same Node, which is the one its types are for', () => {
  for (const { path, manifest } of manifests) {
    if (manifest.private !== true) assert.equal(manifest.engines?.node, '^20.19 || >=22.12', path)
  }
  const root = JSON.parse(readSource(ROOT, 'package.json'))
  assert.match(root.devDependencies['@types/node'], /^20\./)
})

test('amiable has no runtime dependencies', () => {
  for (const field of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies']) {
    assert.equal(library[field], undefined, field)
  }
})

test('the lock file is whole: npm ci refuses one without the optional packages of other platforms', () => {
  // npm leaves out those that its registry does not carry; they are added by hand, with version, os, cpu and libc
  const { packages } = JSON.parse(readSource(ROOT, 'package-lock.json')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>
  }
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
    ),
  )
  assert.deepEqual(missing, [])
})

test('the change log tells of this version, or of what comes', () => {
  const headings = [...readSource(ROOT, 'CHANGELOG.md').matchAll(/^## \[?([^\]\s]+)/gm)].map(([, name]) => name)
  assert.ok(headings.includes('Unreleased') || headings.includes(library.version), headings.join(', '))
})

test('README begins with the two commands', () => {
  const readme = readSource(ROOT, 'README.md')
  for (const command of ['npm ci && npm run demo', 'npm ci && npm test']) assert.ok(readme.includes(command), command)
})

test('.ci/run runs what README says', async () => {
  assert.match(readSource(ROOT, '.ci/run'), /^npm ci && npm test$/m)
  await run('bash', ['-n', '.ci/run'])
  await run('test', ['-x', '.ci/run'])
})

test('links between the pages lead somewhere', () => {
  const pages = sourceFiles(ROOT, (path) => path.endsWith('.md') && !path.startsWith('bench/'))
  const dead = pages.flatMap((page) =>
    [...readSource(ROOT, page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g)]
      .map(([, to = '']) => to)
      .filter((to) => !existsSync(join(ROOT, dirname(page), to)))
      .map((to) => `${page}: ${to}`),
  )
  assert.deepEqual(dead, [])
})

test('ARCHITECTURE.md names only tests that exist', () => {
  const page = readSource(ROOT, 'ARCHITECTURE.md')
  const named = [...page.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, path = '']) => path)
  assert.ok(named.length > 10)
  assert.deepEqual(
    named.filter((path) => !existsSync(join(ROOT, path))),
    [],
  )
})

test('the page of a package names each of its files, or the folder of it', () => {
  for (const { path: manifest } of manifests.filter(({ manifest }) => manifest.private !== true)) {
    const folder = dirname(manifest)
    const page = readSource(ROOT, `${folder}/ARCHITECTURE.md`)
    const files = sourceFiles(join(ROOT, folder, 'src'), (path) => !/\b(?:generated\/|index\.ts$)/.test(path))
    const unnamed = files.filter((path) => {
      const [name = '', parent = ''] = path.split('/').reverse()
      return !page.includes(`\`${name}\``) && !page.includes(`| \`${parent}\``)
    })
    assert.deepEqual(unnamed, [], `${folder}/ARCHITECTURE.md`)
    const gone = [...page.matchAll(/`([\w-]+\.ts)`/g)].map(([, name = '']) => name)
    assert.deepEqual(
      gone.filter((name) => !files.some((path) => `/${path}`.endsWith(`/${name}`)) && name !== 'index.ts'),
      [],
      `${folder}/ARCHITECTURE.md names what is no more`,
    )
  }
})

test('no tracked file holds a registry, a mirror or a path of the machine it was written on', async (t) => {
  if (!existsSync(join(ROOT, '.git'))) return t.skip('this is no git checkout')
  const hosts = [...(await registryHosts()), ...(await mirrorHosts())]
  const tracked = (await run('git', ['ls-files'])).split('\n')
  // an address that every document of the world may hold is no secret of this machine
  const places = [...hosts, ...machinePaths()]
  const found = tracked
    .filter((path) => path !== '' && existsSync(join(ROOT, path)) && !/\.(?:gz|png)$/.test(path))
    .flatMap((path) => {
      const text = readSource(ROOT, path)
      return places.filter((place) => text.includes(place)).map((place) => `${path} holds ${place}`)
    })
  assert.deepEqual(found, [])
})

async function registryHosts(): Promise<string[]> {
  const address = (await run('npm', ['config', 'get', 'registry'])).trim()
  return [new URL(address).host]
}

/** The hosts of this machine's apt; none where there is no apt. */
async function mirrorHosts(): Promise<string[]> {
  const sites = await run('apt-get', ['indextargets', '--format', '$(SITE)']).catch(() => '')
  return sites.split('\n').flatMap((site) => (URL.canParse(site) ? [new URL(site).host].filter(Boolean) : []))
}

/** Where this checkout stands, and whose home this is: both differ from machine to machine. */
function machinePaths(): string[] {
  // a home or a checkout right under / would be found in every path of a chroot
  return [ROOT, homedir()].map((path) => `${path}/`).filter((path) => path.split('/').length > 3)
}
