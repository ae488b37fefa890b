import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkBudget, checkLayers } from '../../tools/checks/layers.ts'
import { inFolder } from './in-folder.ts'
import { ROOT } from './paths.ts'

test('nobody imports from a layer above', () => {
  assert.deepEqual(checkLayers(ROOT), [])
})

test('no hand-written file is longer than 400 lines', () => {
  assert.deepEqual(checkBudget(ROOT), [])
})

const BROKEN: Readonly<Record<string, [path: string, text: string, complaint: RegExp]>> = {
  'a module above': ['wire/decoder.ts', "import { Link } from '../link/link.ts'", /'link' is not beneath 'wire'/],
  'a module above, over several lines': [
    'link/link.ts',
    "import {\n  Calls,\n} from '../client/calls.ts'",
    /'client' is not beneath 'link'/,
  ],
  'a re-export of a module above': ['util/text.ts', "export { x } from '../wire/x.ts'", /'wire' is not beneath 'util'/],
  'the simulator leans on the client': [
    'testing/server.ts',
    "import type { Client } from '../client/client.ts'",
    /'client' is not beneath 'testing'/,
  ],
  'a lazy import': ['wire/a.ts', "const x = await import('../client/calls.ts')", /'client' is not beneath 'wire'/],
  'Node in a browser module': ['wire/a.ts', "import { Buffer } from 'node:buffer'", /uses no module of Node/],
  'a global of Node in a browser module': ['wire/a.ts', 'export const x = Buffer.alloc(1)', /uses Buffer/],
  'a dependency': ['link/a.ts', "import ms from 'ms'", /no dependencies/],
  'the index from inside': ['client/a.ts', "import { connect } from '../index.ts'", /nothing inside imports an index/],
  'a module that nobody knows': ['attic/a.ts', "import { x } from '../util/x.ts'", /knows no module 'attic'/],
  'another package by path': ['link/a.ts', "import { x } from '../../../../tools/x.ts'", /nothing from outside itself/],
}

for (const [what, [path, text, complaint]] of Object.entries(BROKEN)) {
  test(`the check finds: ${what}`, () => {
    assert.match(complaints({ [`packages/amiable/src/${path}`]: text }).join('\n'), complaint)
  })
}

test('the check finds: a circle', () => {
  const files = {
    'packages/amiable/src/util/a.ts': "import { b } from './b.ts'",
    'packages/amiable/src/util/b.ts': "import { a } from './a.ts'",
  }
  assert.match(complaints(files).join('\n'), /a circle: .*a\.ts -> .*b\.ts -> .*a\.ts/)
})

test('the check lets types, neighbours and modules beneath pass, and reads no comments', () => {
  const files = {
    'packages/amiable/src/client/a.ts':
      "import type { Duplex } from 'node:stream'\nimport { Link } from '../link/link.ts'",
    'packages/amiable/src/link/link.ts': "import { b } from './b.ts'\nimport { connect } from 'node:net'",
    'packages/amiable/src/link/b.ts':
      "// import { a } from '../client/a.ts'\n/* import '../client/a.ts' */\nexport const b = 1",
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
