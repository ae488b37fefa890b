import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PACKAGES, type Package } from '../../tools/checks/layer-tables.ts'
import { checkBudget, checkLayers } from '../../tools/checks/layers.ts'
import { inFolder } from './in-folder.ts'
import { ROOT } from './paths.ts'

test('nobody imports from a layer above', () => {
  assert.deepEqual(checkLayers(ROOT), [])
})

test('no hand-written file is longer than 400 lines', () => {
  assert.deepEqual(checkBudget(ROOT), [])
})

const LIBRARY = 'packages/amiable/src'
const BROKEN: Readonly<Record<string, [path: string, text: string, complaint: RegExp]>> = {
  'a module above': [
    `${LIBRARY}/wire/decoder.ts`,
    "import { Link } from '../link/link.ts'",
    /'link' is not beneath 'wire'/,
  ],
  'a module above, over several lines': [
    `${LIBRARY}/link/link.ts`,
    "import {\n  Calls,\n} from '../client/calls/calls.ts'",
    /'client\/calls' is not beneath 'link'/,
  ],
  'a module above, in the second import of a line': [
    `${LIBRARY}/wire/a.ts`,
    "import '../util/x.ts'; import '../link/link.ts'",
    /'link' is not beneath 'wire'/,
  ],
  'a folder above inside the client': [
    `${LIBRARY}/client/calls/calls.ts`,
    "import type { Client } from '../client.ts'",
    /'client\/client' is not beneath 'client\/calls'/,
  ],
  'more than types': [
    `${LIBRARY}/client/helpers/queues.ts`,
    "import { Client } from '../client.ts'",
    /'client\/helpers' knows only the types of 'client\/client'/,
  ],
  'a type by import()': [
    `${LIBRARY}/wire/a.ts`,
    "export type A = import('../link/link.ts').Link",
    /'link' is not beneath 'wire'/,
  ],
  'a re-export of a module above': [
    `${LIBRARY}/util/text.ts`,
    "export { x } from '../wire/x.ts'",
    /'wire' is not beneath 'util'/,
  ],
  'the simulator leans on the client': [
    `${LIBRARY}/testing/server.ts`,
    "import type { Client } from '../client/client.ts'",
    /'client\/client' is not beneath 'testing\/server'/,
  ],
  'the simulator leans on the decoder': [
    `${LIBRARY}/testing/protocol/input.ts`,
    "import { Decoder } from '../../wire/decoder.ts'",
    /'wire' is not beneath 'testing\/protocol'/,
  ],
  'a lazy import': [
    `${LIBRARY}/wire/a.ts`,
    "const x = await import('../client/calls/calls.ts')",
    /'client\/calls' is not beneath 'wire'/,
  ],
  'Node in a browser module': [
    `${LIBRARY}/wire/a.ts`,
    "import { Buffer } from 'node:buffer'",
    /uses no module of Node/,
  ],
  'a global of Node in a browser module': [`${LIBRARY}/wire/a.ts`, 'export const x = Buffer.alloc(1)', /uses Buffer/],
  'Node in the state': [`${LIBRARY}/state/a.ts`, "import { once } from 'node:events'", /uses no module of Node/],
  'a dependency': [`${LIBRARY}/link/a.ts`, "import ms from 'ms'", /no such dependency/],
  'the index from inside': [
    `${LIBRARY}/client/client.ts`,
    "import { connect } from '../index.ts'",
    /nothing inside imports an index/,
  ],
  'a module that nobody knows': [`${LIBRARY}/attic/a.ts`, "import { x } from '../util/x.ts'", /knows no module/],
  'another package by path': [
    `${LIBRARY}/link/a.ts`,
    "import { x } from '../../../../tools/x.ts'",
    /nothing from outside itself/,
  ],
  'a package without a table': ['packages/new/src/a.ts', 'export const a = 1', /has no table for its package/],
  'a test of a package that leans on the contract': [
    'packages/amiable/test/a.test.ts',
    "import '../../../contract/targets.ts'",
    /packages\/amiable\/ does not see it/,
  ],
  "the contract that reaches into a package's sources": [
    'contract/a.test.ts',
    "import '../packages/amiable/src/wire/decoder.ts'",
    /contract\/ does not see it/,
  ],
  'an example that leans on tools': ['examples/a.ts', "import '../tools/testbed/a.ts'", /examples\/ does not see it/],
}

for (const [what, [path, text, complaint]] of Object.entries(BROKEN)) {
  test(`the check finds: ${what}`, () => {
    assert.match(complaints({ [path]: text }).join('\n'), complaint)
  })
}

test('the tables hold for several packages', () => {
  const page: Package = {
    sources: 'packages/page/src/',
    dependencies: ['amiable/state'],
    modules: { frames: { beneath: [] }, page: { beneath: ['frames'], browser: true } },
  }
  const files = {
    'packages/page/src/page/main.ts': "import '../frames/frame.ts'\nimport 'amiable/state'\nimport 'amiable'",
    'packages/page/src/frames/frame.ts': "import { page } from '../page/main.ts'",
    'packages/amiable/src/util/a.ts': 'export const a = 1',
  }
  assert.deepEqual(
    inFolder(files, (root) => checkLayers(root, [...PACKAGES, page])).filter((line) => !line.startsWith('a circle')),
    [
      "packages/page/src/frames/frame.ts imports '../page/main.ts': 'page' is not beneath 'frames'",
      "packages/page/src/page/main.ts imports 'amiable': no such dependency",
    ],
  )
})

test('the check finds: a circle', () => {
  const files = {
    'packages/amiable/src/util/a.ts': "import { b } from './b.ts'",
    'packages/amiable/src/util/b.ts': "import { a } from './a.ts'",
  }
  assert.match(complaints(files).join('\n'), /a circle: .*a\.ts -> .*b\.ts -> .*a\.ts/)
})

test('the check lets types, neighbours and modules beneath pass, and reads no comments', () => {
  const files = {
    'packages/amiable/src/client/client.ts':
      "import type { Duplex } from 'node:stream'\nimport { Link } from '../link/link.ts'",
    'packages/amiable/src/link/link.ts': "import { b } from './b.ts'\nimport { connect } from 'node:net'",
    'packages/amiable/src/link/b.ts':
      "// import '../client/a.ts'\n/* import '../client/a.ts' */\nexport const b = `\nimport '../client/a.ts'\n`",
  }
  assert.deepEqual(complaints(files), [])
})

test('the check finds: a file that is too long, unless it is generated', () => {
  const long = 'x()\n'.repeat(401)
  const files = { 'tools/long.ts': long, 'packages/amiable/src/catalog/generated/actions.ts': long }
  assert.deepEqual(inFolder(files, checkBudget), ['tools/long.ts has 401 lines, 400 are the most'])
})

function complaints(files: Readonly<Record<string, string>>): string[] {
  return inFolder(files, checkLayers)
}
